using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Vectors;

/// <summary>An owner whose policy makes the demands of a case and no other.</summary>
internal static class RecordedOwner
{
    private static readonly OwnerKey s_key = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);

    /// <summary>Gets a policy without demands for any TEE: each runner fills in its own.</summary>
    public static TrustPolicy Policy { get; } = new()
    {
        Model = "recorded",
        Tenant = "recorded",
        PolicyVersion = 1,
        NotAfter = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Resources = [],
        ManifestDigests = [],
        MinimumModelVersion = 0,
        InitDataDigests = [],
    };

    public static SignedTrustPolicy Sign(TrustPolicy policy) =>
        TrustPolicy.TryOpen(policy.Sign(s_key).ToJson(), [s_key.PublicKey], out SignedTrustPolicy? signed, out Refusal? refusal)
            ? signed : throw new VectorException($"the demands make no policy: {refusal.Message}");
}
