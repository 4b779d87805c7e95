using ConfidentialOperator.Protocol.BinaryHttp;

namespace ConfidentialOperator.Inference.Endpoints;

/// <summary>An answer before it is sealed: whole, or as events that are sent as they come.</summary>
internal sealed record InnerAnswer
{
    public const string Json = "application/json";
    public const string EventStream = "text/event-stream";

    public int Status { get; init; } = StatusCodes.Status200OK;

    public string ContentType { get; init; } = Json;

    /// <summary>Gets further fields.</summary>
    public IReadOnlyList<HeaderField> Headers { get; init; } = [];

    /// <summary>Gets the content, which is wiped when it was sent.</summary>
    public byte[] Content { get; init; } = [];

    /// <summary>Gets the events of a stream; null for a whole answer.</summary>
    public IAsyncEnumerable<byte[]>? Events { get; init; }

    /// <summary>Gets whether spaces may follow the content.</summary>
    public bool MayEndInSpaces => ContentType == Json;

    /// <summary>Says nothing of the content.</summary>
    public override string ToString() => nameof(InnerAnswer);
}
