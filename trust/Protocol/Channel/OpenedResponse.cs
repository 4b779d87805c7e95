using ConfidentialOperator.Protocol.BinaryHttp;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>An answer whose beginning has authenticated.</summary>
/// <param name="Response">The status and fields.</param>
/// <param name="Body">The content: it ends only if the whole answer is authentic and complete, and throws <see cref="ChannelException"/> otherwise.</param>
public sealed record OpenedResponse(BinaryHttpResponse Response, Stream Body) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Body.Dispose();
}
