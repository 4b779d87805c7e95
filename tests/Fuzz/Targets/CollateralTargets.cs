using System.Text;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Collaterals;
using ConfidentialOperator.CollateralSupply;
using ConfidentialOperator.CollateralSupply.Bundles;
using ConfidentialOperator.CollateralSupply.Fetching;
using ConfidentialOperator.CollateralSupply.Requests;
using ConfidentialOperator.FakeTee.Tdx;
using ConfidentialOperator.Fuzz.Mutation;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Fuzz.Targets;

/// <summary>Bundles and records of caches, answers of vendors' services, and the review of what is in them.</summary>
internal sealed class CollateralTargets : ITargetSource
{
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly CollateralRequest s_request = IntelRequests.TcbInfo(ByteString.FromHex("90c06f000000"), TcbEdition.Standard);

    /// <summary>The target reads a bundle, writes it, and reads that too.</summary>
    private const int IndexBytes = 256 * 1024;

    private readonly SoftwareTdxPki _pki = new();
    private readonly TrustRoots _roots;
    private readonly Collateral _info;
    private readonly byte[] _bundle;

    public CollateralTargets()
    {
        _roots = TrustRoots.TryWithDevelopment([_pki.RootPem], out TrustRoots? roots, out Refusal? refusal) ? roots : throw new InvalidOperationException(refusal.Message);
        IReadOnlyList<Collateral> made = new SoftwareTdxCollateral(_pki).Make();
        _info = made[0];
        _bundle = new CollateralBundle(
        [
            new CollateralItem(CollateralKinds.TcbInfo, _info.Data, s_request.Name, "https://pcs.example/", s_now),
            new CollateralItem(CollateralKinds.Crl, made[3].Data, IntelRequests.RootRevocationList.Name, "https://pcs.example/", s_now),
        ]).ToJson();
    }

    public IEnumerable<Target> Make(Corpus corpus) =>
    [
        new("collateral-index", Shape.Json, [_bundle], ReadBundle) { MostBytes = IndexBytes },
        new("collateral-answer", Shape.Json, corpus.Seeds("tdx", "tcb_info.json", _info.Data.ToArray()), bytes => AnswerContent.Read(s_request, bytes).Data is not null),
        new("collateral-facts", Shape.Json, corpus.Seeds("tdx", "tcb_info.json", _info.Data.ToArray()), bytes => CollateralFacts.Read(new Collateral("tcb-info", new ByteString(bytes))) is not null),
        new("collateral-review", Shape.Json, [_info.Data.ToArray()], Review) { Verifies = true },
    ];

    /// <summary>What is read from an index has a known kind and comes back the same when it is written and read again.</summary>
    private static bool ReadBundle(byte[] bytes) => CollateralBundle.TryParse(bytes, out CollateralBundle? bundle, out _)
        && (bundle.Items.All(item => CollateralKinds.All.Contains(item.Kind)) && CollateralBundle.TryParse(bundle.ToJson(), out CollateralBundle? again, out _) && again.Items.SequenceEqual(bundle.Items)
            ? true : throw new InvalidOperationException("A bundle does not read back as it was read."));

    /// <summary>Outside of the signed object are names, spaces, members that nobody reads, and the letters of a signature in hex.</summary>
    private bool Review(byte[] bytes)
    {
        ReviewedCollateral reviewed = CollateralReview.Of([new Collateral("tcb-info", new ByteString(bytes)), new Collateral("chain", new ByteString(_pki.SignerDer))], _roots, s_now)[0];
        return reviewed.Refusal is null && (Encoding.Latin1.GetString(bytes).Contains(Signed(), StringComparison.Ordinal) ? true : throw new InvalidOperationException("Altered TCB info was believed."));
    }

    private string Signed()
    {
        string text = Encoding.ASCII.GetString(_info.Data.Span);
        return text[(text.IndexOf(":{", StringComparison.Ordinal) + 1)..text.LastIndexOf(",\"signature\"", StringComparison.Ordinal)];
    }
}
