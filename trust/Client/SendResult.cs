using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Client;

/// <summary>What became of one request: the guest's own answer, or the refusal that stands in its place.</summary>
public sealed class SendResult
{
    private SendResult(HttpResponseMessage? response, Refusal? refusal)
    {
        Response = response;
        Refusal = refusal;
    }

    /// <summary>
    /// Gets the answer from inside the channel, whatever its status is. Its content throws <see cref="Protocol.Channel.ChannelException"/> when it is cut.
    /// </summary>
    public HttpResponseMessage? Response { get; }

    /// <summary>Gets why there is no answer.</summary>
    public Refusal? Refusal { get; }

    /// <summary>Gets whether there is an answer.</summary>
    [MemberNotNullWhen(true, nameof(Response))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Answered => Response is not null;

    internal static SendResult Of(HttpResponseMessage response) => new(response, null);

    internal static SendResult Refused(Refusal refusal) => new(null, refusal);
}
