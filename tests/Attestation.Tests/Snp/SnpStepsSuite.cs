using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tests.Snp;

/// <summary>Reports with valid signatures below a made-up root in which one thing is wrong.</summary>
internal sealed class SnpStepsSuite : IRuleSuite
{
    private static readonly SnpTcb s_low = new(0, 3, 0, 24, 219);
    private static readonly SoftwareChip s_vlek = Chip(ChipShape.Vlek);

    public IRuleList List => SnpSteps.All;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("a chip's own key", null, RefusalReason.None, new Attempt()),
        new("a provider's key", null, RefusalReason.None, new Attempt { Chip = s_vlek, Bytes = Vlek }),
        new("a provider's key and a masked chip", null, RefusalReason.None, new Attempt { Chip = s_vlek, Bytes = bytes => { Vlek(bytes); bytes.AsSpan(0x1A0, 64).Clear(); } }),
        new("a hardware id in an octet string", null, RefusalReason.None, new Attempt { Chip = Chip(new ChipShape { WrapsHardwareId = true }) }),
        new("a certificate without spare parts", null, RefusalReason.None, new Attempt { Chip = Chip(new ChipShape { Without = ["3.4", "3.7"] }) }),
        new("a report of version 2", null, RefusalReason.None, new Attempt { Version = 2 }),
        new("a report of version 4 that fills what was never published", null, RefusalReason.None, new Attempt { Version = 4, Bytes = bytes => bytes[0x1F8] = 0x0B }),
        new("a report of version 5 with mitigations", null, RefusalReason.None, new Attempt { Version = 5, Bytes = bytes => (bytes[0x1F8], bytes[0x200]) = (0x0B, 0x0B) }),
        new("no certificate", "chip-certificate", RefusalReason.ChainUntrusted, new Attempt { Certificates = [] }),
        new("bytes that are no certificate", "chip-certificate", RefusalReason.Malformed, new Attempt { Certificates = [new SnpCertificate("VCEK", new ByteString([0x30, 0x00]))] }),
        new("another root", "certificate-chain", RefusalReason.ChainUntrusted, new Attempt { Roots = TrustRoots.BuiltIn }),
        new("no intermediate", "certificate-chain", RefusalReason.ChainUntrusted, new Attempt { Certificates = [Development.Chip.Certificates[0]] }),
        new("issued by the root", "certificate-chain", RefusalReason.ChainUntrusted, new Attempt { Chip = Chip(new ChipShape { BelowRoot = true }) }),
        new("a provider's name below the intermediate of chips", "certificate-kind", RefusalReason.ChainUntrusted,
            new Attempt { Chip = Chip(ChipShape.Vlek with { BelowVlekIntermediate = false }), Bytes = Vlek }),
        new("a chip's name below the intermediate of providers", "certificate-kind", RefusalReason.ChainUntrusted,
            new Attempt { Chip = Chip(new ChipShape { BelowVlekIntermediate = true }) }),
        new("a name that is none of AMD's", "certificate-kind", RefusalReason.ChainUntrusted, new Attempt { Chip = Chip(new ChipShape { CommonName = "VCEK" }) }),
        new("a provider's key is stated", "signing-key", RefusalReason.ChainUntrusted, new Attempt { Bytes = Vlek }),
        new("a chip's key is stated", "signing-key", RefusalReason.ChainUntrusted, new Attempt { Chip = s_vlek }),
        new("no key is stated", "signing-key", RefusalReason.SignatureInvalid, new Attempt { Bytes = bytes => bytes[0x48] = 7 << 2 }),
        new("an unknown key is stated", "signing-key", RefusalReason.ReportMalformed, new Attempt { Bytes = bytes => bytes[0x48] = 3 << 2 }),
        new("the key is masked", "signature-mask", RefusalReason.SignatureInvalid, new Attempt { Bytes = bytes => bytes[0x48] = 1 << 1 }),
        new("after the certificate's end", "certificate-time", RefusalReason.CertificateExpired, new Attempt { Now = new(2049, 1, 1, 0, 0, 1, TimeSpan.Zero) }),
        new("before the certificate's begin", "certificate-time", RefusalReason.CertificateExpired, new Attempt { Now = new(2019, 12, 31, 23, 59, 59, TimeSpan.Zero) }),
        new("revoked", "not-revoked", RefusalReason.CertificateRevoked, new Attempt { Lists = [RevocationList(Scene.Noon.AddDays(-1), Scene.Noon.AddDays(1), true)] }),
        new("revoked by a list that has run out", "not-revoked", RefusalReason.CertificateRevoked, new Attempt { Lists = [RevocationList(Scene.Noon.AddDays(-9), Scene.Noon.AddDays(-2), true)] }),
        new("not on a list", null, RefusalReason.None, new Attempt { Lists = [RevocationList(Scene.Noon.AddDays(-1), Scene.Noon.AddDays(1), false)] }),
        new("signed by another chip", "report-signature", RefusalReason.SignatureInvalid,
            new Attempt { Chip = Development.Pki.MakeChip(chipId: Development.Chip.ChipId), Certificates = Development.Chip.Certificates }),
        new("altered", "report-signature", RefusalReason.SignatureInvalid, new Attempt { Signed = bytes => bytes[0x90] ^= 1 }),
        new("a byte that is reserved", "report-reserved", RefusalReason.ReportMalformed, new Attempt { Bytes = bytes => bytes[0x18B] = 1 }),
        new("a bit of KEY_INFO that is reserved", "report-reserved", RefusalReason.ReportMalformed, new Attempt { Bytes = bytes => bytes[0x48] = 1 << 5 }),
        new("mitigations before there were any", "report-reserved", RefusalReason.ReportMalformed, new Attempt { Bytes = bytes => bytes[0x1F8] = 1 }),
        new("a processor in version 2", "report-reserved", RefusalReason.ReportMalformed, new Attempt { Version = 2, Bytes = bytes => bytes[0x188] = 0x19 }),
        new("a level beyond the last", "report-vmpl", RefusalReason.ReportMalformed, new Attempt { Bytes = bytes => bytes[0x30] = 4 }),
        new("an unknown product", "certificate-product", RefusalReason.ProductUnknown, new Attempt { Chip = Chip(new ChipShape { ProductName = "Rome" }) }),
        new("no product", "certificate-product", RefusalReason.ProductUnknown, new Attempt { Chip = Chip(new ChipShape { Without = ["2"] }) }),
        new("another processor", "product", RefusalReason.ProductUnknown, new Attempt { Bytes = bytes => bytes[0x189] = 0x11 }),
        new("an unknown processor", "product", RefusalReason.ProductUnknown, new Attempt { Bytes = bytes => bytes[0x189] = 0x30 }),
        new("another TCB", "certificate-tcb", RefusalReason.CertificateTcbMismatch, new Attempt { Bytes = bytes => s_low.Write(bytes.AsSpan(0x180, 8), false) }),
        new("a spare part of the TCB", "certificate-tcb", RefusalReason.CertificateTcbMismatch, new Attempt { Bytes = bytes => bytes[0x182] = 1 }),
        new("no microcode", "certificate-tcb", RefusalReason.CertificateTcbMismatch, new Attempt { Chip = Chip(new ChipShape { Without = ["3.8"] }) }),
        new("another chip", "chip-id", RefusalReason.ChipIdMismatch, new Attempt { Bytes = bytes => bytes[0x1A0] ^= 1 }),
        new("a masked chip", "chip-id", RefusalReason.ChipIdMismatch, new Attempt { Bytes = bytes => bytes.AsSpan(0x1A0, 64).Clear() }),
        new("no hardware id", "chip-id", RefusalReason.ChipIdMismatch, new Attempt { Chip = Chip(new ChipShape { Without = ["4"] }) }),
        new("a TCB that is reported and not committed", "committed-tcb", RefusalReason.ReportMalformed, new Attempt { Bytes = bytes => s_low.Write(bytes.AsSpan(0x1E0, 8), false) }),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without)
    {
        var attempt = (Attempt)given.Scene!;
        byte[] bytes = new Scene { Chip = attempt.Chip, Report = report => report with { Version = attempt.Version }, Bytes = attempt.Bytes }.Sign(new ByteString(new byte[64])).ToArray();
        attempt.Signed(bytes);
        Assert.True(SnpReport.TryParse(bytes, out SnpReport? report, out _));
        var endorsements = SnpEndorsements.Read(attempt.Certificates ?? attempt.Chip.Certificates, attempt.Lists);
        Authentication authentication = SnpVerifier.Authenticate(report, endorsements, attempt.Roots, attempt.Now, without is null ? null : SnpSteps.All.Without(without));
        Assert.Equal(authentication.Evidence is not null, authentication.Results.All(result => result.IsFine));
        return authentication.Results;
    }

    private static SoftwareChip Chip(ChipShape shape) => Development.Pki.MakeChip(shape: shape);

    private static void Vlek(byte[] bytes) => bytes[0x48] = 1 << 2;

    private static Collateral RevocationList(DateTimeOffset from, DateTimeOffset until, bool revokes) => new("crl", new ByteString(Development.Pki.MakeRevocationList(from, until, revokes)));

    private sealed record Attempt
    {
        public SoftwareChip Chip { get; init; } = Development.Chip;

        public uint Version { get; init; } = 3;

        /// <summary>Gets a change before the chip signs.</summary>
        public Action<byte[]> Bytes { get; init; } = _ => { };

        /// <summary>Gets a change after it signed.</summary>
        public Action<byte[]> Signed { get; init; } = _ => { };

        public IReadOnlyList<SnpCertificate>? Certificates { get; init; }

        public IReadOnlyList<Collateral> Lists { get; init; } = [];

        public TrustRoots Roots { get; init; } = Development.Roots;

        public DateTimeOffset Now { get; init; } = Scene.Noon;
    }
}
