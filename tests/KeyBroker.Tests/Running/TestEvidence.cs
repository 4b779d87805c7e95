using System.Text.Json.Nodes;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Snp;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.KeyBroker.Tests.Running;

/// <summary>What a test's evidence says; a software chip signs it, as hardware would.</summary>
internal sealed record TestEvidence(bool Signed, byte[] ReportData, string Measurement, string HostData)
{
    private const int Signature = 0x2A0;

    /// <summary>Gets whether the evidence comes without certificates.</summary>
    public bool Bare { get; init; }

    /// <summary>Gets the hierarchy of this run: its RSA keys take seconds, so they are made once.</summary>
    public static SoftwarePki Pki { get; } = SoftwarePki.Create();

    public static SoftwareChip Chip { get; } = Pki.MakeChip();

    public ByteString Report()
    {
        SoftwareReport template = new SoftwareGuest(Chip, LaunchInputs.Development, null).Template;
        byte[] report = Chip.Sign(template with
        {
            ReportData = new ByteString(ReportData),
            Measurement = ByteString.FromHex(Measurement),
            HostData = ByteString.FromHex(HostData),
        }).ToArray();
        report[Signature] ^= Signed ? (byte)0 : (byte)1;
        return new ByteString(report);
    }

    /// <summary>Returns the evidence as a guest sends it, with the chip's certificates.</summary>
    public JsonNode ToJson() => JsonNode.Parse(new SnpEvidence { Report = Report(), Certificates = Bare ? [] : Chip.Certificates }.ToJson())!;
}
