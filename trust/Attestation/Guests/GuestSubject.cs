using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Attestation.Guests;

/// <summary>What the rules about a client's guest look at: the question, the keyset of its answer, and the evidence when the hardware vouches for it.</summary>
internal sealed record GuestSubject(GuestQuestion Question, Keyset Keyset, AuthenticEvidence? Evidence);
