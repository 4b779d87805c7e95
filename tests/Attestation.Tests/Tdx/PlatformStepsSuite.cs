using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Tdx;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Attestation.Tests.Tdx;

/// <summary>The steps about Intel's collateral and Intel's judgement.</summary>
internal sealed class PlatformStepsSuite : IRuleSuite
{
    private static readonly SoftwareTdxPki s_stranger = new();
    private static readonly DateTimeOffset s_from = new(2026, 4, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_until = new(2026, 5, 20, 0, 0, 0, TimeSpan.Zero);

    public IRuleList List => PlatformSteps.All;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("everything holds", null, RefusalReason.None, new TdxScene()),
        new("the first second", null, RefusalReason.None, new TdxScene { Now = s_from }),
        new("the last second", null, RefusalReason.None, new TdxScene { Now = s_until }),
        new("names of modules in lower case", null, RefusalReason.None, TdxScene.WithInfo(info => info["tdxModuleIdentities"]![0]!["id"] = "tdx_01")),
        new("a second, better TCB info", null, RefusalReason.None, All(all => [.. Other(info => info["fmspc"] = "000000000000").Make(), .. all])),
        new("an enclave that is out of date reaches a level", null, RefusalReason.None, TdxScene.With(new SoftwareQuote { QeReport = report => report[258] = 3 })),
        new("no certificate for TCB signing", "tcb-signer", RefusalReason.CollateralMissing, Without("tcb-signing")),
        new("one of another root", "tcb-signer", RefusalReason.ChainUntrusted, Replace("tcb-signing", s_stranger.SignerDer)),
        new("one of another name", "tcb-signer", RefusalReason.CollateralMissing, Replace("tcb-signing", TdxScene.Pki.MakeSigner("Intel SGX PCK Certificate", s_until))),
        new("no list of the root", "root-revocation-list", RefusalReason.CollateralMissing, Without("root-list")),
        new("list of another root", "root-revocation-list", RefusalReason.CollateralInvalid, Replace("root-list", s_stranger.MakeRootList(s_from, s_until))),
        new("list of the root has run out", "root-revocation-list", RefusalReason.CollateralExpired, Replace("root-list", TdxScene.Pki.MakeRootList(s_from, TdxScene.Noon.AddSeconds(-1)))),
        new("no list of the CA", "pck-revocation-list", RefusalReason.CollateralMissing, Without("pck-list")),
        new("bytes in its place", "pck-revocation-list", RefusalReason.CollateralMissing, Replace("pck-list", [1, 2, 3])),
        new("list that another key signed", "pck-revocation-list", RefusalReason.CollateralInvalid, Replace("pck-list", TdxScene.Pki.MakeForgedList(s_from, s_until))),
        new("list of tomorrow", "pck-revocation-list", RefusalReason.CollateralExpired, Replace("pck-list", TdxScene.Pki.MakePckList(TdxScene.Noon.AddDays(1), s_until))),
        new("PCK revoked", "not-revoked", RefusalReason.CertificateRevoked, Of(new SoftwareTdxCollateral(TdxScene.Pki) { RevokedByAuthority = [TdxScene.Platform.CertificateDer] })),
        new("PCK revoked by an older list", "not-revoked", RefusalReason.CertificateRevoked,
            All(all => [.. all, new("older", new(TdxScene.Pki.MakePckList(s_from.AddDays(-40), s_from, TdxScene.Platform.CertificateDer)))])),
        new("CA revoked", "not-revoked", RefusalReason.CertificateRevoked, Of(new SoftwareTdxCollateral(TdxScene.Pki) { RevokedByRoot = [TdxScene.Pki.AuthorityDer] })),
        new("TCB signing revoked", "not-revoked", RefusalReason.CertificateRevoked, Of(new SoftwareTdxCollateral(TdxScene.Pki) { RevokedByRoot = [TdxScene.Pki.SignerDer] })),
        new("no TCB info", "tcb-info", RefusalReason.CollateralMissing, Without("tcb-info")),
        new("TCB info of version 2", "tcb-info", RefusalReason.CollateralInvalid, TdxScene.WithInfo(info => info["version"] = 2)),
        new("a member twice", "tcb-info", RefusalReason.CollateralInvalid, Text("tcb-info", text => text.Replace("\"id\":\"TDX\"", "\"id\":\"TDX\",\"id\":\"TDX\"", StringComparison.Ordinal))),
        new("an unknown status", "tcb-info", RefusalReason.CollateralInvalid, TdxScene.WithInfo(info => info["tcbLevels"]![0]!["tcbStatus"] = "Fine")),
        new("15 components", "tcb-info", RefusalReason.CollateralInvalid, TdxScene.WithInfo(info => info["tcbLevels"]![0]!["tcb"]!["tdxtcbcomponents"]!.AsArray().RemoveAt(15))),
        new("another way to compare", "tcb-info", RefusalReason.CollateralInvalid, TdxScene.WithInfo(info => info["tcbType"] = 1)),
        new("TCB info of another platform", "tcb-info-platform", RefusalReason.CollateralMismatch, TdxScene.WithInfo(info => info["fmspc"] = "000000000000")),
        new("TCB info of another PCE", "tcb-info-platform", RefusalReason.CollateralMismatch, TdxScene.WithInfo(info => info["pceId"] = "0001")),
        new("TCB info for SGX", "tcb-info-platform", RefusalReason.CollateralMismatch, TdxScene.WithInfo(info => info["id"] = "SGX")),
        new("TCB info written anew", "tcb-info-signature", RefusalReason.CollateralInvalid, Text("tcb-info", text => text.Replace(",\"", ", \"", StringComparison.Ordinal))),
        new("TCB info has run out", "tcb-info-time", RefusalReason.CollateralExpired, TdxScene.WithInfo(info => info["nextUpdate"] = "2026-05-01T11:59:59Z")),
        new("TCB info of tomorrow", "tcb-info-time", RefusalReason.CollateralExpired, TdxScene.WithInfo(info => info["issueDate"] = "2026-05-02T00:00:00Z")),
        new("no identity", "qe-identity", RefusalReason.CollateralMissing, Without("qe-identity")),
        new("identity of version 1", "qe-identity", RefusalReason.CollateralInvalid, TdxScene.WithIdentity(identity => identity["version"] = 1)),
        new("identity of SGX's", "qe-identity-kind", RefusalReason.CollateralMismatch, TdxScene.WithIdentity(identity => identity["id"] = "QE")),
        new("altered identity", "qe-identity-signature", RefusalReason.CollateralInvalid, Text("qe-identity", text => text.Replace("\"isvprodid\":2", "\"isvprodid\":1", StringComparison.Ordinal))),
        new("identity has run out", "qe-identity-time", RefusalReason.CollateralExpired, TdxScene.WithIdentity(identity => identity["nextUpdate"] = "2026-05-01T11:59:59Z")),
        new("certificate for TCB signing has run out", "tcb-signer-time", RefusalReason.CertificateExpired,
            Replace("tcb-signing", TdxScene.Pki.MakeSigner("Intel SGX TCB Signing", TdxScene.Noon.AddSeconds(-1)))),
        new("another signer of the enclave", "qe-enclave", RefusalReason.EnclaveNotAccepted, TdxScene.With(new SoftwareQuote { QeReport = report => report[128] ^= 1 })),
        new("another product", "qe-enclave", RefusalReason.EnclaveNotAccepted, TdxScene.With(new SoftwareQuote { QeReport = report => report[256] = 3 })),
        new("debugged enclave", "qe-enclave", RefusalReason.EnclaveNotAccepted, TdxScene.With(new SoftwareQuote { QeReport = report => report[48] |= 2 })),
        new("another MISCSELECT", "qe-enclave", RefusalReason.EnclaveNotAccepted, TdxScene.With(new SoftwareQuote { QeReport = report => report[16] = 1 })),
        new("enclave below every level", "qe-level", RefusalReason.TcbNotSupported, TdxScene.With(new SoftwareQuote { QeReport = report => report[258] = 1 })),
        new("module that nobody describes", "module-identity", RefusalReason.ModuleNotAccepted, TdxScene.With(new SoftwareQuote { TeeTcbSvn = "0b050400000000000000000000000000" })),
        new("module with other attributes", "module-identity", RefusalReason.ModuleNotAccepted, TdxScene.WithInfo(info => info["tdxModuleIdentities"]![0]!["attributes"] = "0100000000000000")),
        new("module of another signer", "module-identity", RefusalReason.ModuleNotAccepted, TdxScene.WithInfo(info => info["tdxModuleIdentities"]![0]!["mrsigner"] = new string('1', 96))),
        new("module below every level", "module-level", RefusalReason.TcbNotSupported, TdxScene.With(new SoftwareQuote { TeeTcbSvn = "01010400000000000000000000000000" })),
        new("no levels", "platform-level", RefusalReason.TcbNotSupported, TdxScene.WithInfo(info => info["tcbLevels"] = new JsonArray())),
        new("a component below every level", "platform-level", RefusalReason.TcbNotSupported, new TdxScene { Signer = TdxScene.Pki.MakePlatform(new() { Components = [4, 4, 2, 2, 4, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0] }) }),
        new("PCESVN below every level", "platform-level", RefusalReason.TcbNotSupported, new TdxScene { Signer = TdxScene.Pki.MakePlatform(new() { PceSvn = 4 }) }),
        new("microcode below every level", "platform-level", RefusalReason.TcbNotSupported, TdxScene.With(new SoftwareQuote { TeeTcbSvn = "0b010100000000000000000000000000" })),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without) =>
        (without is null ? PlatformSteps.All : PlatformSteps.All.Without(without)).Apply(((TdxScene)given.Scene!).ToAttempt());

    private static SoftwareTdxCollateral Other(Action<JsonObject> change) => new(TdxScene.Pki) { TcbInfo = change };

    private static TdxScene Of(SoftwareTdxCollateral collateral) => new() { Collateral = collateral };

    private static TdxScene All(Func<IReadOnlyList<Collateral>, IReadOnlyList<Collateral>> change) => Of(new SoftwareTdxCollateral(TdxScene.Pki) { All = change });

    private static TdxScene Without(string kind) => All(all => [.. all.Where(piece => piece.Kind != kind)]);

    private static TdxScene Replace(string kind, byte[] bytes) => All(all => [.. all.Select(piece => piece.Kind == kind ? new Collateral(kind, new ByteString(bytes)) : piece)]);

    private static TdxScene Text(string kind, Func<string, string> change) => Of(new SoftwareTdxCollateral(TdxScene.Pki) { Text = (given, text) => given == kind ? change(text) : text });
}
