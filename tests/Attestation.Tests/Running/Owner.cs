using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Attestation.Tests.Running;

/// <summary>An owner who signs policies.</summary>
internal static class Owner
{
    private static readonly OwnerKey s_key = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);

    public static SignedTrustPolicy Sign(TrustPolicy policy) =>
        TrustPolicy.TryOpen(policy.Sign(s_key).ToJson(), [s_key.PublicKey], out SignedTrustPolicy? signed, out Refusal? refusal)
            ? signed : throw new InvalidOperationException(refusal.ToString());
}
