using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>A recorded TDX quote with its collateral.</summary>
internal sealed class RecordedTdx : RecordedWorkload
{
    private static readonly string[] s_pieces =
        ["tcb_info.json", "qe_identity.json", "tcb_signing_chain.pem", "pck_crl.der", "pck_crl_issuer_chain.pem", "root_ca_crl.der"];

    private readonly ByteString _quote;
    private readonly IReadOnlyList<(string Name, byte[] Data)> _pieces;

    public RecordedTdx()
        : base("tdx-v4-dstack-b0c06f", "2025-07-04T10:16:31Z")
    {
        _quote = new ByteString(Read("quote.bin"));
        TdReport report = TdxQuote.TryParse(_quote.Span, out TdxQuote? read, out Refusal? refusal) ? read.Report : throw new InvalidDataException(refusal.Message);
        ReportData = report.ReportData;
        _pieces = [.. s_pieces.Select(piece => (piece, Read(Path.Combine("collateral", piece))))];
        Policy = Sign(SamplePolicy.Make(Now.AddDays(1), new ByteString(report.MrConfigId.Span[..32]), ByteString.Sha256("manifest"u8)) with
        {
            Snp = null,
            Tdx = new TdxPolicy
            {
                MrTd = [report.MrTd],
                Rtmr = [.. Enumerable.Range(0, 4).Select(register => Expect.AnyOf(report.Rtmr(register)))],
                MrSeam = Expect.AnyOf(report.MrSeam),
                MrOwner = Expect.AnyOf(report.MrOwner),
                MrOwnerConfig = Expect.AnyOf(report.MrOwnerConfig),
                MrServiceTd = Expect.Waived<IReadOnlyList<ByteString>>("a quote of TDX 1.0 has none"),
                Attributes = Expect.Waived<TdxAttributesPolicy>("the others have no such demand"),
                Xfam = Expect.AnyOf(report.Xfam),
                TcbStatuses = [TdxTcbStatus.UpToDate],
                Advisories = Expect.Required<IReadOnlyList<string>>([]),
                MinimumTcbEvaluationDataNumber = Expect.Waived<TdxLimit>("the others have no such demand"),
                CollateralAge = Expect.Waived<TdxLimit>("the others have no such demand"),
                PlatformInstances = Expect.Waived<IReadOnlyList<ByteString>>("the others have no such demand"),
                EventLog = Expect.Waived<TdxEventLog>("none was recorded"),
                Development = false,
            },
        });
    }

    protected override ByteString ReportData { get; }

    protected override SignedTrustPolicy Policy { get; }

    public override IReadOnlyList<Collateral> NewCollateral() => [.. _pieces.Select(piece => new Collateral(piece.Name, new ByteString(piece.Data)))];

    protected override bool TryRead([NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out Refusal? refusal)
    {
        evidence = TdxQuoteEvidence.TryCreate(new TdxEvidence { Quote = _quote }, out TdxQuoteEvidence? read, out refusal) ? read : null;
        return evidence is not null;
    }

    public override string[] PeerArguments(string dash) =>
        ["tdx-check", $"{dash}quote", "quote.bin", $"{dash}collateral", "collateral", $"{dash}at", At];
}
