using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Azure;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Vectors;

/// <summary>Azure on TDX: the TD quote with Intel's collateral, or without when a case asks nothing of the platform.</summary>
internal sealed class AzureTdxRunner : AzureRunner
{
    private const string CollateralFolder = "collateral/";

    private static readonly RuleList<TdxAttempt> s_none = new("TDX: the platform is not asked about");

    public override string Tee => "azure-tdx";

    protected override TeeKind Kind => TeeKind.AzureTdx;

    protected override string EndorsementFile => "td_quote.bin";

    protected override Authentication Authenticate(AzureGuestEvidence evidence, VectorCase given, bool checkTcb)
    {
        Collateral[] collateral = [.. given.Files.Names.Where(name => name.StartsWith(CollateralFolder, StringComparison.Ordinal))
            .Select(name => new Collateral(name[CollateralFolder.Length..], new ByteString(given.Files.Read(name))))];
        TrustRoots roots = given.Roots();
        var attempt = new TdxAttempt(((AzureTdxHardware)evidence.Hardware).Quote, TdxCollateral.Read([], collateral, roots.Tdx), roots, given.At);
        return TdxVerifier.Authenticate(attempt, roots, platformSteps: checkTcb ? null : s_none);
    }

    protected override TrustPolicy ToPolicy(AuthenticAzureGuest authentic) => RecordedOwner.Policy with
    {
        AzureTdx = new AzureTdxPolicy
        {
            Pcrs = AzurePcrs.Of(new Dictionary<int, IReadOnlyList<ByteString>>(), NoDemand),
            Tdx = new TdxDemands(new VectorPolicy(default, default)).ToPolicy((AuthenticTdxQuote)authentic.Hardware).Tdx!,
        },
    };

    /// <summary>A platform that nobody was asked about has no state that a policy accepts.</summary>
    protected override bool IsBeyondTheCase(RuleResult result, bool checkTcb) =>
        base.IsBeyondTheCase(result, checkTcb) || (!checkTcb && result.Reason is RefusalReason.TcbRevoked or RefusalReason.TcbStatusNotAccepted);
}
