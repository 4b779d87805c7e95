using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.InitData;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

using ConfidentialOperator.Fuzz.Mutation;

namespace ConfidentialOperator.Fuzz.Targets;

/// <summary>Every parser of the protocols, SEV-SNP evidence, and the verifiers behind them.</summary>
internal sealed class ProtocolTargets : ITargetSource
{
    /// <summary>The unpacked text has a fixed limit, and its memory is taken at once.</summary>
    private const int UnpackedInitData = 4 * 1024 * 1024;

    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly InitDataDocument s_initData = InitDataDocument.Create(new Dictionary<string, string> { ["model.json"] = "{\"format\":\"x\"}", ["a.toml"] = "a = 'b'\n" });

    private static readonly PathRules s_amd = new(Vendor.Amd, SignatureScheme.PssSha384);

    private readonly SoftwarePki _pki = SoftwarePki.Shared;
    private readonly OwnerKey _owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
    private readonly SoftwareChip _chip;
    private readonly TrustRoots _roots;
    private readonly SignedTrustPolicy _policy;
    private readonly AttestationDocument _document;
    private readonly ByteString _report;

    public ProtocolTargets()
    {
        _chip = _pki.MakeChip();
        _roots = TrustRoots.TryWithDevelopment([_pki.RootPem], out TrustRoots? roots, out Refusal? refusal) ? roots : throw new InvalidOperationException(refusal.Message);
        TrustPolicy policy = SamplePolicy.Make(s_now.AddDays(1), s_initData.HostData, ByteString.Sha256("manifest"u8));
        _policy = TrustPolicy.TryOpen(policy.Sign(_owner).ToJson(), [_owner.PublicKey], out SignedTrustPolicy? signed, out refusal)
            ? signed : throw new InvalidOperationException(refusal.Message);
        var guest = new SoftwareGuest(_chip, LaunchInputs.Development, s_initData);
        _report = guest.Report(new byte[64]);
        _document = guest.Attest(ByteString.Sha256("nonce"u8), new ByteString(Keyset().ToJson()));
    }

    public IEnumerable<Target> Make(Corpus corpus) =>
    [
        new("snp-report", Shape.Bytes, corpus.Seeds("snp", "report.bin", _report.ToArray()), bytes => SnpReport.TryParse(bytes, out _, out _)),
        new("snp-verify", Shape.Bytes, [_report.ToArray()], Report) { Verifies = true },
        new("snp-certificate", Shape.Der, corpus.Seeds("snp", "vcek.der", _chip.CertificateDer, _pki.IntermediateDer), ReadCertificate) { Verifies = true },
        new("snp-evidence", Shape.Json, [_document.CpuEvidence.ToArray()], bytes => SnpEvidence.TryParse(bytes, out _, out _)),
        new("any-evidence", Shape.Bytes, corpus.Seeds("tdx", "quote.bin", [_report.ToArray(), _document.CpuEvidence.ToArray(), .. corpus.Seeds("nitro", "attestation.cbor"),
            .. corpus.Seeds("azure-snp", "evidence.json")]), bytes => EvidenceFormat.TryRead(bytes, null, out _, out _)),
        new("certificate", Shape.Der, corpus.Seeds("snp", "vcek.der", _chip.CertificateDer, _pki.IntermediateDer, _pki.RootDer), bytes => Certificate.TryParse(bytes, out _)),
        new("certificates-pem", Shape.Pem, corpus.Seeds("snp", "chain.pem", Encoding.ASCII.GetBytes(_pki.RootPem)), bytes => CertificateFile.Split(bytes).Count > 0),
        new("revocation-list", Shape.Der, corpus.Seeds("tdx", "pck_crl.der", [_pki.MakeRevocationList(s_now, s_now.AddDays(1), true), .. corpus.Seeds("snp", "ark.crl.der")]),
            bytes => RevocationList.TryParse(bytes, out _)),
        new("root-file", Shape.Pem, [Encoding.ASCII.GetBytes(_pki.RootPem)], bytes => TrustRoots.TryWithDevelopment([Encoding.Latin1.GetString(bytes)], out _, out _)),
        new("evidence-verify", Shape.Json, [_document.CpuEvidence.ToArray()], bytes => Verify(_document with { CpuEvidence = new ByteString(bytes) })) { Verifies = true },
        new("keyset-verify", Shape.Json, [_document.Keyset.ToArray()], bytes => Verify(_document with { Keyset = new ByteString(bytes) })) { Verifies = true },
        new("document", Shape.Json, [_document.ToJson()], bytes => AttestationDocument.TryParse(bytes, out _, out _)),
        new("policy", Shape.Json, [_policy.Policy.ToJson()], bytes => TrustPolicy.TryParse(bytes, out _, out _)),
        new("envelope", Shape.Json, [_policy.Policy.Sign(_owner).ToJson()], bytes => TrustPolicy.TryOpen(bytes, [_owner.PublicKey], out _, out _)) { Verifies = true },
        new("initdata", Shape.Bytes, [Encoding.UTF8.GetBytes(s_initData.Text)], bytes => InitDataDocument.TryParse(Encoding.UTF8.GetString(bytes), out _, out _)),
        new("initdata-annotation", Shape.Json, [Encoding.ASCII.GetBytes(s_initData.ToAnnotation()), Bomb()],
            bytes => InitDataDocument.TryFromAnnotation(Encoding.Latin1.GetString(bytes), out _, out _)) { MostBytes = UnpackedInitData },
        new("kbs-request", Shape.Json, [KbsRequest.ToJson(TeeKind.Snp, null)], bytes => KbsRequest.TryParse(bytes, out _, out _)),
        new("tee-key", Shape.Json, [TeeKey()], bytes => TeePublicKey.TryParse(bytes, out _, out _)),
        new("ohttp-keys", Shape.Bytes, [OhttpKeys()], bytes => KeyConfiguration.TryParse(bytes, out _, out _)),
    ];

    private static Keyset Keyset() => new()
    {
        NotAfter = s_now.AddHours(1),
        Replica = "triage-notes-0",
        Model = new ModelIdentity("triage-notes", ByteString.Sha256("manifest"u8), 3),
        InitDataSha256 = s_initData.Sha256,
        SealingKeys = [new SealingKey("ohttp", 1, 0x20, 1, 2, ByteString.Sha256("key"u8))],
    };

    /// <summary>64 MiB of zeros in gzip and Base64, a thousand times shorter.</summary>
    private static byte[] Bomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(new byte[64 * 1024 * 1024]);
        }

        return Encoding.ASCII.GetBytes(Convert.ToBase64String(packed.ToArray()));
    }

    private static byte[] TeeKey()
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return TeePublicKey.From(key).ToJson();
    }

    private static byte[] OhttpKeys()
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        return KeyConfiguration.EncodeList([new KeyConfiguration(1, key.PublicKey, [HpkeAead.Aes256Gcm, HpkeAead.Aes128Gcm])]);
    }

    private bool Report(byte[] bytes) => SnpReport.TryParse(bytes, out SnpReport? report, out _)
        && SnpVerifier.Authenticate(report, SnpEndorsements.Read(_chip.Certificates, []), _roots, s_now).Evidence is AuthenticSnpReport authentic
        && Appraiser.Appraise(authentic, _policy, report.ReportData, s_now).Appraisal.ToJson().Length > 0
        && (_report.Equals(bytes) ? true : throw new InvalidOperationException("An altered report was believed."));

    private bool ReadCertificate(byte[] bytes)
    {
        var endorsements = SnpEndorsements.Read([new SnpCertificate("VCEK", new ByteString(bytes))], [new Collateral("chain", new ByteString(_pki.IntermediateDer))]);
        return endorsements.Chips.Any(certificate =>
            new SnpChipCertificate(certificate).Product is not null & CertificatePath.TryBuild(certificate, endorsements.Authorities, _roots, s_amd, out _, out _));
    }

    private bool Verify(AttestationDocument document)
    {
        Appraisal appraisal = GuestVerifier.Verify(new GuestQuestion
        {
            Document = document,
            Nonce = _document.Nonce,
            Policy = _policy,
            Roots = _roots,
            Now = s_now,
        }).Appraisal;
        return appraisal.ToJson().Length > 0 && appraisal.Accepted;
    }
}
