using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.KeyBroker.Collateral;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>SEV-SNP evidence, verified by the Attestation library with the collateral of the folder and the time of the clock.</summary>
internal sealed class SnpGuestAppraiser(CollateralDirectory directory, TrustRoots roots, TimeProvider time)
{
    /// <summary>Checks that the hardware vouches for the evidence and that it answers this challenge; no policy is asked yet.</summary>
    public bool TryAuthenticate(GuestAnswer answer, [NotNullWhen(true)] out AuthenticGuest? guest, [NotNullWhen(false)] out Refusal? refusal)
    {
        guest = null;
        if (!SnpEvidence.TryParse(answer.Evidence.Memory, out SnpEvidence? evidence, out refusal)
            || !SnpReport.TryParse(evidence.Report.Span, out SnpReport? report, out refusal)
            || !Appraiser.TryAuthenticate(evidence, answer.ReportData, directory.For(report.ChipId), roots, time.GetUtcNow(),
                out AuthenticSnpReport? authentic, out refusal))
        {
            return false;
        }

        if (answer.InitDataSha256.Length > 0 && answer.InitDataSha256 != authentic.Report.HostData.ToString())
        {
            refusal = new(RefusalReason.InitDataNotAccepted,
                $"The initdata that was sent has SHA-256 {answer.InitDataSha256}; the hardware reports {authentic.Report.HostData}.");
            return false;
        }

        guest = new AuthenticGuest(authentic, answer.ReportData, time);
        return true;
    }
}
