using ConfidentialOperator.FakeTee.Pki;

namespace ConfidentialOperator.Sidecar.Tests.Running;

/// <summary>One software chip for all tests: its RSA keys take seconds to make.</summary>
internal static class TestHardware
{
    private static readonly Lazy<SoftwarePki> s_pki = new(() => SoftwarePki.Create());
    private static readonly Lazy<SoftwareChip> s_chip = new(() => s_pki.Value.MakeChip());

    public static string RootPem => s_pki.Value.RootPem;

    public static SoftwareChip Chip => s_chip.Value;
}
