using ConfidentialOperator.Protocol.BinaryHttp;

namespace ConfidentialOperator.Inference.Endpoints;

/// <summary>A request after it was opened.</summary>
/// <param name="Head">Control data and fields.</param>
/// <param name="Content">The content; it is wiped when the answer is made.</param>
internal sealed record InnerRequest(BinaryHttpRequest Head, ReadOnlyMemory<byte> Content)
{
    /// <summary>Gets the path without its query.</summary>
    public string Path => Head.Path.Split('?', 2)[0];

    /// <summary>Says nothing of the content.</summary>
    public override string ToString() => nameof(InnerRequest);
}
