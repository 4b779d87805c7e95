using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>The one seam to the verification of evidence.</summary>
internal interface IGuestAppraiser
{
    /// <summary>Checks that the hardware vouches for the evidence and that it answers this challenge; no policy is asked yet.</summary>
    bool TryAuthenticate(GuestAnswer answer, [NotNullWhen(true)] out IAuthenticGuest? guest, [NotNullWhen(false)] out Refusal? refusal);
}
