using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>A recorded report of a Genoa processor with its certificates.</summary>
internal sealed class RecordedSnp : RecordedWorkload
{
    private readonly ByteString _report;
    private readonly IReadOnlyList<(string Name, byte[] Data)> _certificates;

    public RecordedSnp()
        : base("snp-v3-genoa-routex", "2026-03-01T00:00:00Z")
    {
        _report = new ByteString(Read("report.bin"));
        _certificates = [.. ((string[])["vcek.der", "chain.pem"]).Select(name => (name, Read(name)))];
        SnpReport report = SnpReport.TryParse(_report.Span, out SnpReport? read, out Refusal? refusal) ? read : throw new InvalidDataException(refusal.Message);
        ReportData = report.ReportData;
        TrustPolicy policy = SamplePolicy.Make(Now.AddDays(1), report.HostData, ByteString.Sha256("manifest"u8));
        Policy = Sign(policy with
        {
            Snp = policy.Snp! with
            {
                Measurements = [report.Measurement],
                MinimumTcb = Expect.Required<IReadOnlyDictionary<SnpProduct, SnpTcb>>(new Dictionary<SnpProduct, SnpTcb> { [SnpProduct.Genoa] = report.ReportedTcb }),
                Chips = Expect.AnyOf(report.ChipId),
                Development = false,
            },
        });
    }

    protected override ByteString ReportData { get; }

    protected override SignedTrustPolicy Policy { get; }

    public override IReadOnlyList<Collateral> NewCollateral() => [.. _certificates.Select(piece => new Collateral(piece.Name, new ByteString(piece.Data)))];

    protected override bool TryRead([NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out Refusal? refusal)
    {
        evidence = SnpReportEvidence.TryCreate(new SnpEvidence { Report = _report }, out SnpReportEvidence? read, out refusal) ? read : null;
        return evidence is not null;
    }

    public override string[] PeerArguments(string dash) =>
    [
        "sev-check", $"{dash}report", "report.bin", $"{dash}vcek", "vcek.der", $"{dash}chain", "chain.pem", $"{dash}at", At,
        .. dash == "-" ? ["-offline"] : Array.Empty<string>(),
    ];
}
