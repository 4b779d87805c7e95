using System.Globalization;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Vectors;

/// <summary>
/// The set's demands on TDX in terms of the product. Debugging is refused by the product whatever a policy says, and so is a platform that nobody judged; a case
/// that allows the one, or asks nothing of the platform, is judged without that.
/// </summary>
internal sealed class TdxDemands
{
    private const string NoDemand = "the case makes no demand";

    private static readonly RuleList<TdxAttempt> s_none = new("TDX: the platform is not asked about");

    private readonly bool _allowDebug;
    private readonly bool _checkTcb;
    private readonly ByteString? _mrTd;
    private readonly ByteString? _mrConfigId;
    private readonly ByteString?[] _rtmr;
    private readonly Dictionary<string, ByteString?> _others;
    private readonly ByteString? _xfam;
    private readonly TdxTcbStatus[] _statuses;
    private readonly int? _evaluation;
    private readonly int? _age;
    private readonly TdxAttributesPolicy _attributes;
    private readonly IReadOnlyList<string>? _advisories;

    public TdxDemands(VectorPolicy policy)
    {
        _allowDebug = policy.TakeBoolean("allow_debug") ?? false;
        _checkTcb = policy.TakeBoolean("check_tcb") ?? true;
        _mrTd = policy.TakeHex("mrtd") ?? policy.TakeHex("mr_td");
        _mrConfigId = policy.TakeHex("mrconfigid") ?? policy.TakeHex("mr_config_id");
        _rtmr = [.. Enumerable.Range(0, TdxPolicy.Registers).Select(register => policy.TakeHex(string.Create(CultureInfo.InvariantCulture, $"rtmr{register}")))];
        _others = new[] { "mrseam", "mrowner", "mrownerconfig", "mrservicetd" }.ToDictionary(name => name, policy.TakeHex);
        _xfam = policy.TakeHex("xfam");
        ReportData = policy.TakeHex("report_data");
        _statuses = [.. (policy.TakeTexts("accepted_tcb_statuses") ?? ["UpToDate"]).Where(status => status != nameof(TdxTcbStatus.Revoked)).Select(ReadStatus)];
        _evaluation = policy.TakeNumber("minimum_tcb_evaluation_data_number");
        _age = policy.TakeNumber("maximum_collateral_age_seconds");
        _advisories = policy.TakeTexts("accepted_advisory_ids");
        _attributes = new TdxAttributesPolicy
        {
            SeptVeDisableRequired = policy.TakeBoolean("require_sept_ve_disable") ?? false,
            MigratableAllowed = policy.TakeBoolean("allow_migratable") ?? true,
            PerfmonAllowed = policy.TakeBoolean("allow_perfmon") ?? true,
            KeyLockerAllowed = policy.TakeBoolean("allow_key_locker") ?? true,
            PksAllowed = policy.TakeBoolean("allow_pks") ?? true,
        };
    }

    public ByteString? ReportData { get; }

    public RuleList<TdxAttempt> PlatformSteps => _checkTcb ? Attestation.Tdx.PlatformSteps.All : s_none;

    public bool Tolerates(RuleResult result) => (_allowDebug && result.Reason == RefusalReason.DebugAllowed)
        || (_mrConfigId is null && result.Reason == RefusalReason.InitDataNotAccepted)
        || (!_checkTcb && result.Reason is RefusalReason.TcbRevoked or RefusalReason.TcbStatusNotAccepted);

    public TrustPolicy ToPolicy(AuthenticTdxQuote quote) => RecordedOwner.Policy with
    {
        InitDataDigests = [_mrConfigId is null ? new ByteString(new byte[32]) : InitData(_mrConfigId)],
        Tdx = new TdxPolicy
        {
            MrTd = [_mrTd ?? quote.Measurement],
            Rtmr = [.. _rtmr.Select(AnyOf)],
            MrSeam = AnyOf(_others["mrseam"]),
            MrOwner = AnyOf(_others["mrowner"]),
            MrOwnerConfig = AnyOf(_others["mrownerconfig"]),
            MrServiceTd = AnyOf(_others["mrservicetd"]),
            Attributes = Expect.Required(_attributes),
            Xfam = AnyOf(_xfam),
            TcbStatuses = _statuses.Length > 0 ? _statuses : [TdxTcbStatus.UpToDate],
            Advisories = _advisories is null ? Expect.Waived<IReadOnlyList<string>>(NoDemand) : Expect.Required(_advisories),
            MinimumTcbEvaluationDataNumber = Limit(_evaluation),
            CollateralAge = Limit(_age),
            PlatformInstances = AnyOf(null),
            EventLog = Expect.Waived<TdxEventLog>("the recorded quotes have none"),
            Development = true,
        },
    };

    private static ByteString InitData(ByteString mrConfigId) => new(mrConfigId.Span[..32]);

    private static Expectation<IReadOnlyList<ByteString>> AnyOf(ByteString? value) =>
        value is null ? Expect.Waived<IReadOnlyList<ByteString>>(NoDemand) : Expect.AnyOf(value);

    private static Expectation<TdxLimit> Limit(int? value) => value is null ? Expect.Waived<TdxLimit>(NoDemand) : Expect.Required(new TdxLimit(value.Value));

    private static TdxTcbStatus ReadStatus(string text) => Enum.TryParse(text, out TdxTcbStatus status) && status.ToString() == text ? status
        : throw new VectorException($"TCB status '{text}' is not known");
}
