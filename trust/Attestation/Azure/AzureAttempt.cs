using System.Security.Cryptography;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Azure;

/// <summary>The attempt to authenticate Azure evidence beyond its hardware report: what the steps look at. Everything is found before the first step looks.</summary>
internal sealed class AzureAttempt
{
    public AzureAttempt(AzureGuestEvidence evidence)
    {
        Evidence = evidence;
        RuntimeHash = evidence.Report.HashRuntimeData();
        Runtime = RuntimeData.Read(evidence.Report.RuntimeData, out Refusal? refusal);
        RuntimeRefusal = refusal;
        IsSigned = Runtime?.HasSigned(evidence.Quote.Message.Span, evidence.Signature.Span) ?? false;
        PcrDigest = Digest(evidence);
    }

    public AzureGuestEvidence Evidence { get; }

    /// <summary>Gets what the hardware's report must be bound to.</summary>
    public ByteString RuntimeHash { get; }

    /// <summary>Gets what the paravisor says; null when it cannot be read.</summary>
    public RuntimeData? Runtime { get; }

    /// <summary>Gets why it cannot be read.</summary>
    public Refusal? RuntimeRefusal { get; }

    /// <summary>Gets whether the paravisor's attestation key signed the quote.</summary>
    public bool IsSigned { get; }

    /// <summary>Gets the digest over the PCRs that came, as far as the quote selects them.</summary>
    public ByteString PcrDigest { get; }

    private static ByteString Digest(AzureGuestEvidence evidence)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int index = 0; index < evidence.Pcrs.Count; index++)
        {
            if (evidence.Quote.Covers(index))
            {
                hash.AppendData(evidence.Pcrs[index].Span);
            }
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new ByteString(digest);
    }
}
