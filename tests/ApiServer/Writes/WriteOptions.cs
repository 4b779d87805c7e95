namespace ConfidentialOperator.ApiServer.Writes;

/// <summary>How a write is to be made; the defaults are those of a request without parameters.</summary>
public sealed record WriteOptions
{
    /// <summary>Gets the field manager that owns what the write changes.</summary>
    public string FieldManager { get; init; } = "in-process";

    /// <summary>Gets whether the answer is computed but nothing is stored.</summary>
    public bool DryRun { get; init; }

    /// <summary>Gets whether an apply takes fields from other managers.</summary>
    public bool Force { get; init; }

    /// <summary>Gets what happens to unknown fields: <c>Strict</c>, <c>Warn</c> or <c>Ignore</c>.</summary>
    public string FieldValidation { get; init; } = "Strict";

    /// <summary>Gets the subresource that is written: empty, <c>status</c> or <c>scale</c>.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Gets where warnings go that the answer should carry.</summary>
    internal List<string> Warnings { get; init; } = [];
}
