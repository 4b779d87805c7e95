namespace ConfidentialOperator.ApiServer.Schemas.Cel;

/// <summary>A part of a parsed expression.</summary>
internal abstract record CelNode
{
    /// <summary>A literal.</summary>
    internal sealed record Literal(object? Value) : CelNode;

    /// <summary>A variable.</summary>
    internal sealed record Variable(string Name) : CelNode;

    /// <summary>A member, <c>a.b</c>; optional when written <c>a.?b</c>.</summary>
    internal sealed record Select(CelNode Target, string Name, bool Optional) : CelNode;

    /// <summary>An element, <c>a[b]</c>.</summary>
    internal sealed record Index(CelNode Target, CelNode Key, bool Optional) : CelNode;

    /// <summary>A function, a method, or an operator written as one.</summary>
    internal sealed record Call(string Name, CelNode? Target, IReadOnlyList<CelNode> Arguments) : CelNode;

    /// <summary>A list literal.</summary>
    internal sealed record ListOf(IReadOnlyList<CelNode> Items) : CelNode;

    /// <summary>A map literal.</summary>
    internal sealed record MapOf(IReadOnlyList<(CelNode Key, CelNode Value)> Entries) : CelNode;
}
