using System.Security.Cryptography;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>The owner's signed policy as it lies in the cluster. It is carried, never judged: that is the broker's and the client's work.</summary>
/// <param name="Bytes">The envelope.</param>
/// <param name="PayloadSha256">The digest of the policy in it, in lower-case hex: the name by which the broker knows it.</param>
internal sealed record PolicyEnvelope(byte[] Bytes, string PayloadSha256)
{
    private const int Longest = 256 * 1024;

    /// <summary>Reads an envelope; nothing of it is verified.</summary>
    public static PolicyEnvelope? TryRead(byte[] bytes, out Refusal? refusal)
    {
        if (bytes.Length > Longest)
        {
            refusal = new Refusal(RefusalReason.TooLarge, $"The envelope has {bytes.Length} bytes; the limit is {Longest}.");
            return null;
        }

        return DsseEnvelope.TryParse(bytes, out DsseEnvelope? envelope, out refusal)
            ? new PolicyEnvelope(bytes, Convert.ToHexStringLower(SHA256.HashData(envelope.Payload.Span)))
            : null;
    }
}
