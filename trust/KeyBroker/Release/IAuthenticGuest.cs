using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>A guest whose evidence is authentic: what is left is what owners think of it.</summary>
internal interface IAuthenticGuest
{
    GuestFacts Facts { get; }

    /// <summary>Checks every rule of a policy; null when all hold.</summary>
    Refusal? Check(TrustPolicy policy);
}
