using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.FakeTee.Snp;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.InitData;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Running;

/// <summary>A guest, its owner and a client in which everything is right; a test changes one thing.</summary>
internal sealed record Scene
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly ByteString Manifest = ByteString.Sha256("manifest"u8);
    public static readonly InitDataDocument InitData = InitDataDocument.Create(new Dictionary<string, string> { ["model.json"] = "{}" });

    public SoftwareChip Chip { get; init; } = Development.Chip;

    public TrustRoots Roots { get; init; } = Development.Roots;

    public DateTimeOffset Now { get; init; } = Noon;

    public ByteString Nonce { get; init; } = ByteString.Sha256("nonce"u8);

    public Func<SoftwareReport, SoftwareReport> Report { get; init; } = report => report;

    /// <summary>Gets a change of the report's bytes, before the chip signs them.</summary>
    public Action<byte[]> Bytes { get; init; } = _ => { };

    public Func<Keyset, Keyset> Keyset { get; init; } = keyset => keyset;

    public Func<TrustPolicy, TrustPolicy> Policy { get; init; } = policy => policy;

    /// <summary>Gets the evidence of the guest's devices, made for its nonce and keys before the processor signs.</summary>
    public Func<ByteString, ByteString> Devices { get; init; } = _ => new ByteString(ReportBinding.NoDevices);

    /// <summary>Gets a change on the way from the guest to the client.</summary>
    public Func<AttestationDocument, AttestationDocument> Document { get; init; } = document => document;

    public IReadOnlyList<Collateral> Collateral { get; init; } = [];

    public static Scene WithSnp(Func<SnpPolicy, SnpPolicy> change) => new() { Policy = policy => policy with { Snp = change(policy.Snp!) } };

    public SignedTrustPolicy SignedPolicy() =>
        Owner.Sign(Policy(SamplePolicy.Make(new(2060, 1, 1, 0, 0, 0, TimeSpan.Zero), InitData.HostData, Manifest)));

    /// <summary>Returns a signed report over this data.</summary>
    public ByteString Sign(ByteString reportData)
    {
        SoftwareReport template = new SoftwareGuest(Chip, LaunchInputs.Development, InitData).Template;
        byte[] bytes = Chip.Sign(Report(template with { ReportData = reportData })).ToArray();
        Bytes(bytes);
        return Chip.Sign(bytes);
    }

    public AttestationDocument Answer()
    {
        ByteString keyset = new(Keyset(MakeKeyset()).ToJson());
        ByteString devices = Devices(ReportBinding.DeviceNonce(Nonce.Span, keyset.Span));
        ByteString reportData = ReportBinding.ForClient(Nonce.Span, keyset.Span, devices.Span);
        return new AttestationDocument
        {
            Tee = TeeKind.Snp,
            Nonce = Nonce,
            CpuEvidence = new ByteString(new SnpEvidence { Report = Sign(reportData), Certificates = Chip.Certificates }.ToJson()),
            Keyset = keyset,
            DeviceEvidence = devices,
        };
    }

    public Verdict<VerifiedGuest> Verify() => GuestVerifier.Verify(new GuestQuestion
    {
        Document = Document(Answer()),
        Nonce = Nonce,
        Policy = SignedPolicy(),
        Roots = Roots,
        Now = Now,
        Collateral = Collateral,
    });

    private Keyset MakeKeyset() => new()
    {
        NotAfter = Now.AddHours(1),
        Replica = "triage-notes-0",
        Model = new ModelIdentity("triage-notes", Manifest, 3),
        PolicySha256 = SignedPolicy().Sha256,
        InitDataSha256 = InitData.Sha256,
        SealingKeys = [new SealingKey("ohttp", 1, 0x20, 1, 2, ByteString.Sha256("key"u8))],
    };
}
