using ConfidentialOperator.Inference.Keys;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Inference.Channel;

/// <summary>Opens sealed requests: with a key in force, once, and up to the limits.</summary>
internal sealed class PromptDecryption(KeyRing keys, IOptions<RuntimeOptions> options)
{
    // A whole message is kept in memory before anything of it is known to be genuine, so a stranger could fill the guest with large ones.
    private const int LongestWhole = 1024 * 1024;
    private const int WholePadding = 64 * 1024;

    private readonly BinaryHttpLimits _limits = BinaryHttpLimits.Default with { BodyBytes = options.Value.MaxRequestBytes };
    private readonly BinaryHttpLimits _wholeLimits = BinaryHttpLimits.Default with
    {
        BodyBytes = Math.Min(LongestWhole, options.Value.MaxRequestBytes),
        PaddingBytes = WholePadding,
    };

    /// <summary>Opens a request as far as its head, which has authenticated then.</summary>
    /// <param name="input">The body of the outer request.</param>
    /// <param name="format">Its format.</param>
    /// <param name="keyName">The key that the sender says it sealed to; null when it says nothing.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    public async Task<Outcome<ServerExchange>> OpenAsync(Stream input, SealedFormat format, string? keyName, CancellationToken cancellationToken)
    {
        KeyLease? lease = null;
        try
        {
            Outcome<ServerExchange> opened = await ServerExchange.OpenAsync(input, format, Find, LimitsOf(format), cancellationToken).ConfigureAwait(false);
            if (!opened.Accepted)
            {
                return opened.Refusal;
            }

            if (lease!.TryRemember(opened.Value.Header.Encapsulated))
            {
                return opened.Value;
            }

            opened.Value.Dispose();
            return new Refusal(RefusalReason.RequestReplayed, "This sealed request was seen before; seal it anew.");
        }
        finally
        {
            lease?.Dispose();
        }

        BinaryHttpLimits LimitsOf(SealedFormat form) => form == SealedFormat.Whole ? _wholeLimits : _limits;

        HpkePrivateKey? Find(OhttpRequestHeader header)
        {
            lease = keys.Lend(header);
            return lease is null || (keyName is not null && !keyName.Equals(lease.KeyName, StringComparison.OrdinalIgnoreCase)) ? null : lease.Key;
        }
    }
}
