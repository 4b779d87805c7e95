using ConfidentialOperator.Protocol;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Snp;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.InitData;

namespace ConfidentialOperator.FakeTee.Guests;

/// <summary>A guest on a software chip: its measurement and its initdata are fixed at launch, and it can have reports made over data of its choice.</summary>
public sealed class SoftwareGuest
{
    private readonly SoftwareChip _chip;

    /// <summary>Launches a guest; without initdata HOST_DATA is zero.</summary>
    public SoftwareGuest(SoftwareChip chip, LaunchInputs launch, InitDataDocument? initData)
    {
        ArgumentNullException.ThrowIfNull(launch);
        _chip = chip;
        Template = new SoftwareReport
        {
            Measurement = launch.Measure(),
            ReportData = new ByteString(new byte[ReportBinding.Size]),
            HostData = initData?.HostData ?? new ByteString(new byte[32]),
        };
    }

    /// <summary>Gets the report that the guest gets, but for its report data; a test may set what it likes.</summary>
    public SoftwareReport Template { get; init; }

    /// <summary>Returns a signed report of 1184 bytes. Shorter data is filled with zeros, as the attestation agent does.</summary>
    public ByteString Report(ReadOnlySpan<byte> reportData)
    {
        byte[] padded = new byte[ReportBinding.Size];
        reportData.CopyTo(padded);
        return _chip.Sign(Template with { ReportData = new ByteString(padded) });
    }

    /// <summary>Returns evidence as Confidential Containers writes it, with the chain.</summary>
    public byte[] Evidence(ReadOnlySpan<byte> reportData) => new SnpEvidence { Report = Report(reportData), Certificates = _chip.Certificates }.ToJson();

    /// <summary>Returns an attestation document that binds a keyset to a client's nonce.</summary>
    public AttestationDocument Attest(ByteString nonce, ByteString keyset)
    {
        ArgumentNullException.ThrowIfNull(nonce);
        ArgumentNullException.ThrowIfNull(keyset);
        ByteString reportData = ReportBinding.ForClient(nonce.Span, keyset.Span, ReportBinding.NoDevices);
        return new AttestationDocument
        {
            Tee = TeeKind.Snp,
            Nonce = nonce,
            CpuEvidence = new ByteString(Evidence(reportData.Span)),
            Keyset = keyset,
            DeviceEvidence = new ByteString(ReportBinding.NoDevices),
        };
    }
}
