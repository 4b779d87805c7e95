using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.KeyBroker.Collateral;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>Evidence of every kind, verified by the Attestation library with the collateral of the folder and the time of the clock.</summary>
internal sealed class GuestAppraiser(CollateralDirectory directory, TrustRoots roots, TimeProvider time)
{
    /// <summary>Checks that the hardware vouches for the evidence and that it answers this challenge; no policy is asked yet.</summary>
    public bool TryAuthenticate(GuestAnswer answer, [NotNullWhen(true)] out AuthenticGuest? guest, [NotNullWhen(false)] out Refusal? refusal)
    {
        guest = null;
        if (!EvidenceReader.TryRead(answer.Tee, answer.Evidence.Memory, out Evidence? evidence, out refusal))
        {
            return false;
        }

        var inputs = new EvidenceInputs(roots, time.GetUtcNow()) { Own = directory.For(evidence.StatedHardwareId) };
        if (!Appraiser.TryAuthenticate(evidence, answer.ReportData, inputs, out AuthenticEvidence? authentic, out refusal))
        {
            return false;
        }

        // Where the TEE has no place for initdata, nothing that was sent as such is believed.
        if (answer.InitDataSha256.Length > 0 && authentic.ShowsInitData(ByteString.FromHex(answer.InitDataSha256)) is not true)
        {
            refusal = new(RefusalReason.InitDataNotAccepted,
                $"The initdata that was sent has SHA-256 {answer.InitDataSha256}; the hardware reports {(authentic.InitDataDigest.Length == 0 ? "none" : authentic.InitDataDigest)}.");
            return false;
        }

        guest = new AuthenticGuest(authentic, answer, inputs);
        return true;
    }
}
