using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Attestation.Nvidia.Ocsp;
using ConfidentialOperator.Attestation.Nvidia.Rim;
using ConfidentialOperator.Attestation.Nvidia.Spdm;
using ConfidentialOperator.FakeTee.Nvidia;
using ConfidentialOperator.Fuzz.Mutation;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Fuzz.Targets;

/// <summary>Reports of GPUs, reference values and answers of responders, and the verifiers behind them.</summary>
internal sealed class NvidiaTargets : ITargetSource
{
    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SoftwareDevice _device;
    private readonly TrustRoots _roots;
    private readonly ByteString _report;
    private readonly ByteString _rim;
    private readonly ByteString _answer;
    private readonly ByteString _content;

    public NvidiaTargets()
    {
        var pki = SoftwareNvidiaPki.Create();
        _device = pki.MakeDevice();
        _roots = TrustRoots.TryWithDevelopment([pki.RootPem], out TrustRoots? roots, out Refusal? refusal) ? roots : throw new InvalidOperationException(refusal.Message);
        _report = _device.Sign(new SoftwareDeviceReport { Nonce = ByteString.Sha256("nonce"u8) });
        _rim = pki.MakeRimSigner().Sign(new SoftwareRim { Version = "550.90.07", Active = SoftwareRim.Matching(7, 21) });
        _answer = new SoftwareResponder { ThisUpdate = s_now, NextUpdate = s_now.AddDays(1) }.Answer(_device.Chain[1], _device.Chain[2]);
        _content = SignedXmlDocument.TryRead(_rim.Span, out SignedXmlDocument? document, out _) ? new ByteString(document.Content) : ByteString.Empty;
    }

    public IEnumerable<Target> Make(Corpus corpus) =>
    [
        new("nvidia-report", Shape.Bytes, corpus.Seeds("nvidia", "report.bin", _report.ToArray()), bytes => SpdmReport.TryParse(new ByteString(bytes), out _, out _)),
        new("nvidia-verify", Shape.Bytes, [_report.ToArray()], Verify) { Verifies = true },
        new("nvidia-chain", Shape.Pem, corpus.Seeds("nvidia", "cert_chain.pem", _device.ChainPem.ToArray()), bytes => NvidiaVerifier.ReadChain(new ByteString(bytes)) is not null),
        new("nvidia-evidence", Shape.Json, [NvidiaDeviceEvidence.ToJsonList([new(NvidiaArchitecture.Hopper, _report, _device.ChainPem)])],
            bytes => NvidiaDeviceEvidence.TryParseList(bytes, out _, out _)),
        new("nvidia-any-evidence", Shape.Bytes, [NvidiaDeviceEvidence.ToJsonList([new(NvidiaArchitecture.Hopper, _report, _device.ChainPem)]), _report.ToArray()],
            bytes => DeviceFormat.TryRead(bytes, [new Collateral("chain", _device.ChainPem)], out _, out _)),
        new("nvidia-rim", Shape.Xml, corpus.Seeds("nvidia", "driver_rim.xml", _rim.ToArray()), ReadRim) { MostBytes = 256 * 1024 },
        new("nvidia-rim-verify", Shape.Xml, [_rim.ToArray()], VerifyRim) { Verifies = true },
        new("nvidia-ocsp", Shape.Der, [_answer.ToArray()], bytes => OcspResponse.TryParse(bytes, out _)),
    ];

    private static bool ReadRim(byte[] bytes) => SignedXmlDocument.TryRead(bytes, out SignedXmlDocument? document, out _)
        & RimContent.TryRead(document?.Content ?? [], out _, out _) & SignedInfoForm.FindDigest(document?.SignedInfo ?? []) is not null;

    /// <summary>A zero byte after the signature, and the other root of the signature's equation, say nothing else.</summary>
    private bool Verify(byte[] bytes) => SpdmReport.TryParse(new ByteString(bytes), out SpdmReport? report, out _)
        && NvidiaVerifier.Authenticate(report, _device.ChainPem, NvidiaArchitecture.Hopper, _roots, s_now, "gpu0").Device is not null
        && (report.Signed.SequenceEqual(_report.Span[..^96]) ? true : throw new InvalidOperationException("An altered report was believed."));

    private bool VerifyRim(byte[] bytes)
    {
        var document = RimDocument.Read(new ByteString(bytes), _roots);
        return document.IsSound && (SignedXmlDocument.TryRead(bytes, out SignedXmlDocument? xml, out _) && _content.Equals(xml.Content)
            ? true : throw new InvalidOperationException("Altered reference values were believed."));
    }
}
