using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Running;

/// <summary>The software hierarchy of this run: its RSA-4096 keys take seconds, so they are made once.</summary>
internal static class Development
{
    public static SoftwarePki Pki => SoftwarePki.Shared;

    public static SoftwareChip Chip { get; } = Pki.MakeChip();

    public static TrustRoots Roots { get; } = RootsOf(Pki);

    public static TrustRoots RootsOf(SoftwarePki pki) => TrustRoots.TryWithDevelopment([pki.RootPem], out TrustRoots? roots, out Refusal? refusal)
        ? roots : throw new InvalidOperationException(refusal.ToString());
}
