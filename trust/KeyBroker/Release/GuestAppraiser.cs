using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.KeyBroker.Collateral;
using ConfidentialOperator.Protocol;
using Item = ConfidentialOperator.Protocol.Binding.Collateral;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>Evidence of every kind, verified by the Attestation library with the collateral that the broker has or may fetch, and the time of the clock.</summary>
internal sealed class GuestAppraiser(CollateralLibrary library, TrustRoots roots, TimeProvider time)
{
    /// <summary>Checks that the hardware vouches for the evidence and that it answers this challenge; no policy is asked yet.</summary>
    public async Task<Outcome<AuthenticGuest>> AuthenticateAsync(GuestAnswer answer, CancellationToken cancellationToken)
    {
        if (!EvidenceReader.TryRead(answer.Tee, answer.Evidence.Memory, out Evidence? evidence, out Refusal? refusal))
        {
            return refusal;
        }

        IReadOnlyList<Item> own = await library.AtHandAsync(answer, evidence.StatedHardwareId, cancellationToken).ConfigureAwait(false);
        bool isAuthentic = TryAuthenticate(answer, evidence, own, out AuthenticGuest? guest, out refusal);
        IReadOnlyList<Item> fetched = await library.FetchAsync(answer, withChips: !isAuthentic, cancellationToken).ConfigureAwait(false);
        if (fetched.Count > 0)
        {
            TryAuthenticate(answer, evidence, [.. own, .. fetched], out guest, out refusal);
        }

        return guest is not null ? guest : refusal!;
    }

    private bool TryAuthenticate(GuestAnswer answer, Evidence evidence, IReadOnlyList<Item> own,
        [NotNullWhen(true)] out AuthenticGuest? guest, [NotNullWhen(false)] out Refusal? refusal)
    {
        guest = null;
        var inputs = new EvidenceInputs(roots, time.GetUtcNow()) { Own = own };
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
