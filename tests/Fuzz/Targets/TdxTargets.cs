using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.FakeTee.Tdx;
using ConfidentialOperator.Fuzz.Mutation;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Fuzz.Targets;

/// <summary>Intel TDX: quotes, certificates, collateral, event logs, and all of it together.</summary>
internal sealed class TdxTargets : ITargetSource
{
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly SoftwareTdxPki _pki = new();
    private readonly SoftwareTdxPlatform _platform;
    private readonly IReadOnlyList<Collateral> _collateral;
    private readonly TrustRoots _roots;
    private readonly ByteString _quote;
    private readonly ByteString _log = new SoftwareEventLog().Add(0, 1, "one").Add(1, 7, "two").Add(2, 3, "three").ToArea(512);

    public TdxTargets()
    {
        _platform = _pki.MakePlatform();
        _collateral = new SoftwareTdxCollateral(_pki).Make();
        _quote = _platform.Sign(new SoftwareQuote());
        _roots = TrustRoots.TryWithDevelopment([_pki.RootPem], out TrustRoots? roots, out Refusal? refusal) ? roots : throw new InvalidOperationException(refusal.Message);
    }

    public IEnumerable<Target> Make(Corpus corpus) =>
    [
        new("tdx-quote", Shape.Bytes, corpus.Seeds("tdx", "quote.bin", _quote.ToArray()), bytes => TdxQuote.TryParse(bytes, out _, out _)),
        new("tdx-evidence", Shape.Json, [new TdxEvidence { Quote = _quote, EventLog = _log }.ToJson()], bytes => TdxEvidence.TryParse(bytes, out _, out _)),
        new("tdx-event-log", Shape.Bytes, [_log.ToArray()], ReplayLog),
        new("tdx-tcb-info", Shape.Json, corpus.Seeds("tdx", "tcb_info.json", Piece("tcb-info")), ReadStatement) { MostBytes = 256 * 1024, MostBytesPerByte = 64 },
        new("tdx-qe-identity", Shape.Json, corpus.Seeds("tdx", "qe_identity.json", Piece("qe-identity")), ReadStatement) { MostBytes = 256 * 1024, MostBytesPerByte = 64 },
        new("tdx-pck-certificate", Shape.Der, [_platform.CertificateDer], bytes => Certificate.TryParse(bytes, out Certificate? pck) && PckExtension.TryRead(pck, out _)),
        new("tdx-collateral", Shape.Pem, corpus.Seeds("tdx", "tcb_signing_chain.pem"), bytes => CollateralPiece.Read(new ByteString(bytes)).Certificates.Count > 0),
        new("tdx-verify", Shape.Bytes, [_quote.ToArray()], Verify) { Verifies = true },
        new("tdx-verify-tcb-info", Shape.Json, [Piece("tcb-info")], bytes => VerifyWith("tcb-info", bytes)) { Verifies = true },
        new("tdx-verify-qe-identity", Shape.Json, [Piece("qe-identity")], bytes => VerifyWith("qe-identity", bytes)) { Verifies = true },
        new("tdx-verify-list", Shape.Der, [Piece("pck-list")], bytes => VerifyWith("pck-list", bytes)) { Verifies = true },
    ];

    /// <summary>The header, the kind and size of the body, and the report of TDX 1.5.</summary>
    private const int SignedLength = 48 + 6 + 648;

    private static bool ReadStatement(byte[] bytes)
    {
        SignedStatement.Read(bytes, out SignedStatement? statement);
        return statement is not null;
    }

    private static bool ReplayLog(byte[] bytes) => CcEventLog.TryParse(bytes, out CcEventLog? log, out _) && log.Replay(0).Length > 0;

    private byte[] Piece(string kind) => _collateral.Single(piece => piece.Kind == kind).Data.ToArray();

    /// <summary>Header and report are signed; how certificates are written down (line ends, padding) is not, and may differ.</summary>
    private bool Verify(byte[] bytes) => Authenticate(bytes, _collateral)
        && (bytes.AsSpan().StartsWith(_quote.Span[..SignedLength]) ? true : throw new InvalidOperationException("An altered quote was believed."));

    private bool VerifyWith(string kind, byte[] bytes)
    {
        bool isAccepted = Authenticate(_quote.ToArray(), [.. _collateral.Select(piece => piece.Kind == kind ? new Collateral(kind, new ByteString(bytes)) : piece)]);
        return isAccepted;
    }

    private bool Authenticate(byte[] quote, IReadOnlyList<Collateral> collateral) => TdxQuote.TryParse(quote, out TdxQuote? parsed, out _)
        && TdxVerifier.Authenticate(new TdxAttempt(parsed, TdxCollateral.Read([], collateral, _roots.Tdx), _roots, s_now), _roots).Evidence is not null;
}
