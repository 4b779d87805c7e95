using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.KeyBroker.Collateral;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>SEV-SNP evidence, verified by the Attestation library.</summary>
internal sealed class SnpGuestAppraiser(CollateralDirectory collateral) : IGuestAppraiser
{
    public bool TryAuthenticate(GuestAnswer answer, [NotNullWhen(true)] out IAuthenticGuest? guest, [NotNullWhen(false)] out Refusal? refusal)
    {
        guest = null;
        refusal = new(RefusalReason.EvidenceKindNotAccepted, "No verifier." + collateral);
        return false;
    }
}
