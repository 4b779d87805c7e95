using ConfidentialOperator.Attestation.Azure;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Azure;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tests.Azure;

/// <summary>The steps from an authentic hardware report to an authentic quote.</summary>
internal sealed class AzureStepsSuite : IRuleSuite
{
    private static readonly SoftwareParavisor s_other = new();

    public IRuleList List => AzureSteps.All;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("everything holds", null, RefusalReason.None, new AzureScene()),
        new("runtime data by SHA-384", null, RefusalReason.None, Of(guest => guest with { HashType = 2 })),
        new("runtime data by SHA-512", null, RefusalReason.None, Of(guest => guest with { HashType = 3 })),
        new("some PCRs are quoted", null, RefusalReason.None, Of(guest => guest with { Selection = 0x0001FF })),
        new("an unquoted PCR has any value", null, RefusalReason.None, new AzureScene { Guest = guest => guest with { Selection = 0x7FFFFF }, Evidence = evidence => WithPcr(evidence, 23) }),
        new("report of the guest itself", "paravisor-level", RefusalReason.VmplNotAccepted, new AzureScene { Hardware = report => report with { Vmpl = 2 } }),
        new("copy of another report", "paravisor-report", RefusalReason.RuntimeDataMismatch, new AzureScene { Contradiction = "MRTD" }),
        new("runtime data of another VM", "runtime-data", RefusalReason.RuntimeDataMismatch, Of(guest => guest with { Report = report => Exchange(report, s_other.RuntimeData) })),
        new("altered runtime data", "runtime-data", RefusalReason.RuntimeDataMismatch, Of(guest => guest with { Report = report => Flip(report, HclReport.HeaderSize + 700) })),
        new("hash of another type", "runtime-data", RefusalReason.RuntimeDataMismatch, Of(guest => guest with { Report = report => Set(report, 1228, 2) })),
        new("a character less", "runtime-data", RefusalReason.RuntimeDataMismatch, Of(guest => guest with { Report = report => Set(report, 1232, (byte)(report[1232] - 1)) })),
        new("no runtime data", "runtime-data", RefusalReason.RuntimeDataMismatch, Of(guest => guest with { Report = report => Set(Set(report, 1232, 0), 1233, 0) })),
        new("no attestation key", "attestation-key", RefusalReason.ReportMalformed, WithRuntime(given => given.Replace("HCLAkPub", "HCLOther", StringComparison.Ordinal))),
        new("two attestation keys", "attestation-key", RefusalReason.ReportMalformed, WithRuntime(given => given.Replace("HCLEkPub", "HCLAkPub", StringComparison.Ordinal))),
        new("the member keys twice", "attestation-key", RefusalReason.ReportMalformed, WithRuntime(given => given.Replace("\"vm-configuration\"", "\"keys\":[],\"vm-configuration\"", StringComparison.Ordinal))),
        new("exponent 1", "attestation-key", RefusalReason.ReportMalformed, WithRuntime(given => given.Replace("\"e\":\"AQAB\"", "\"e\":\"AQ\"", StringComparison.Ordinal))),
        new("elliptic key", "attestation-key", RefusalReason.ReportMalformed, WithRuntime(given => given.Replace("\"RSA\"", "\"EC\"", StringComparison.Ordinal))),
        new("no JSON", "attestation-key", RefusalReason.ReportMalformed, WithRuntime(given => given[1..])),
        new("altered signature", "quote-signature", RefusalReason.SignatureInvalid, new AzureScene { Evidence = evidence => evidence with { QuoteSignature = Flip(evidence.QuoteSignature, 9) } }),
        new("short signature", "quote-signature", RefusalReason.SignatureInvalid, new AzureScene { Evidence = evidence => evidence with { QuoteSignature = ByteString.Empty } }),
        new("altered extra data", "quote-signature", RefusalReason.SignatureInvalid, new AzureScene { Evidence = evidence => evidence with { QuoteMessage = Flip(evidence.QuoteMessage, 44) } }),
        new("quote of another VM", "quote-signature", RefusalReason.SignatureInvalid, new AzureScene
        {
            Evidence = evidence => evidence with
            {
                QuoteMessage = AzureScene.Attest(guest => guest, paravisor: s_other).QuoteMessage,
                QuoteSignature = AzureScene.Attest(guest => guest, paravisor: s_other).QuoteSignature,
            },
        }),
        new("another PCR", "pcr-digest", RefusalReason.PcrMismatch, new AzureScene { Evidence = evidence => WithPcr(evidence, 11) }),
        new("two PCRs exchanged", "pcr-digest", RefusalReason.PcrMismatch,
            new AzureScene { Evidence = evidence => evidence with { Pcrs = [evidence.Pcrs[1], evidence.Pcrs[0], .. evidence.Pcrs.Skip(2)] } }),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without)
    {
        var names = AzureSteps.All.Rules.Select(rule => rule.Name).ToHashSet();
        return [.. ((AzureScene)given.Scene!).Authenticate(without is null ? null : AzureSteps.All.Without(without)).Results.Where(result => names.Contains(result.Rule) || !result.IsFine)];
    }

    private static AzureScene Of(Func<SoftwareAzureGuest, SoftwareAzureGuest> change) => new() { Guest = change };

    private static AzureScene WithRuntime(Func<string, string> change) => Of(guest => guest with { RuntimeData = change });

    private static AzureEvidence WithPcr(AzureEvidence evidence, int index) =>
        evidence with { Pcrs = [.. evidence.Pcrs.Select((pcr, at) => at == index ? ByteString.Sha256("other"u8) : pcr)] };

    private static byte[] Exchange(byte[] report, string runtime)
    {
        System.Text.Encoding.UTF8.GetBytes(runtime).CopyTo(report, HclReport.HeaderSize);
        return report;
    }

    private static byte[] Set(byte[] bytes, int at, byte value)
    {
        bytes[at] = value;
        return bytes;
    }

    private static byte[] Flip(byte[] bytes, int at) => Set(bytes, at, (byte)(bytes[at] ^ 1));

    private static ByteString Flip(ByteString bytes, int at) => new(Flip(bytes.ToArray(), at));
}
