using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol.Access;
using ConfidentialOperator.Protocol.Audit;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.InitData;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Tests.Fuzzing;

/// <summary>One good input for each format.</summary>
internal static class Samples
{
    private static readonly DateTimeOffset s_end = DateTimeOffset.FromUnixTimeSeconds(1_900_000_000);
    private static readonly ByteString s_digest = ByteString.Sha256("x"u8);

    public static OwnerKey Owner { get; } = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);

    public static ECDiffieHellman Guest { get; } = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    public static ECDsa AuditKey { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static TrustPolicy Policy { get; } = SamplePolicy.Make(s_end, s_digest, s_digest);

    public static CallerList Callers { get; } = new() { Tenant = "clinic", Version = 1, Callers = [new("nurse", s_digest, ["m"], 4, s_end)] };

    public static Keyset Keyset { get; } = new()
    {
        NotAfter = s_end,
        Replica = "pod/uid",
        Model = new("m", s_digest, 3),
        PolicySha256 = s_digest,
        InitDataSha256 = s_digest,
        SealingKeys = [new("ohttp", 1, 32, 1, 2, s_digest)],
        TlsSpkiSha256 = [s_digest],
        ReceiptKey = s_digest,
    };

    public static AttestationDocument Document { get; } = new()
    {
        Tee = TeeKind.Snp,
        Nonce = s_digest,
        CpuEvidence = new("{}"u8),
        Keyset = new(Keyset.ToJson()),
        DeviceEvidence = new("[]"u8),
        Collateral = [new("vcek", s_digest)],
    };

    public static SnpEvidence Evidence { get; } = new() { Report = new(new byte[SnpEvidence.ReportSize]), Certificates = [new("VCEK", s_digest)] };

    public static InitDataDocument InitData { get; } = InitDataDocument.Create(new Dictionary<string, string> { ["a.toml"] = "x = 'y'\n", ["model.json"] = "{\"a\":\"\\\\\"}" });

    public static KbsAttestation Attestation { get; } = new() { Nonce = "bm9uY2U=", TeeKey = TeePublicKey.From(Guest), Evidence = new("""{"a":[1]}"""u8), InitData = "x" };

    public static byte[] OlderAttestation { get; } = Encoding.UTF8.GetBytes($$"""{"tee-pubkey":{{Attestation.TeeKey.CanonicalJson}},"tee-evidence":[1]}""");

    public static ModelManifest Manifest { get; } = new()
    {
        Model = "m",
        Version = 3,
        KeyId = Policy.Resources[0],
        KeyCheck = s_digest,
        ChunkSize = 4096,
        Owners = [Owner.PublicKey],
        Files = [new("a.json", 5, 141, s_digest, s_digest, 1), new("onnx/model.onnx", 4097, 4249, s_digest, s_digest, 2)],
    };

    public static byte[] AuditLineText { get; } = Encoding.UTF8.GetBytes(AuditLine.Write(
        new AuditRecord { Sequence = 1, At = s_end, Tenant = "clinic", Event = AuditEvent.Released, Previous = AuditHead.Empty.Sha256 }, AuditKey));

    public static BrokerStatement Statement { get; } = new()
    {
        Tenant = "clinic",
        Model = "m",
        PolicyVersion = 1,
        PolicySha256 = "",
        NotAfter = 1,
        Development = false,
        Attestations = [new() { Replica = "r", Outcome = "", Reason = "", Message = "", Measurement = "", InitDataSha256 = "", Tcb = "", TeeKind = "Snp", At = 1 }],
    };

    public static GuestIdentity Identity { get; } = new() { Replica = "r", InitDataSha256 = "00", TlsSpkiSha256 = ["11"], PolicySha256 = "" };

    public static SidecarStatus Status { get; } = new() { Phase = SidecarPhase.Starting, AttestedAt = s_end, ModelVersion = 3, Progress = 0.5 };

    public static InferenceState State { get; } = new() { Phase = InferencePhase.Loading, Model = new("m", 3, "sha256:00") };
}
