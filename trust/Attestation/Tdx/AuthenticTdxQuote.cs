using System.Globalization;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>A quote that Intel's hardware, or a development root, vouches for, with Intel's judgement of the platform. Only <see cref="TdxVerifier"/> makes one.</summary>
public sealed class AuthenticTdxQuote : AuthenticEvidence
{
    private const int InitDataDigestSize = 32;

    private readonly TcbEvaluation? _evaluation;

    internal AuthenticTdxQuote(TdxAttempt attempt, IReadOnlyList<RuleResult> results)
        : base(attempt.Path!.IsDevelopment, attempt.Platform!.ValidUntil ?? attempt.Path.NotAfter, results)
    {
        Quote = attempt.Quote;
        EventLog = attempt.EventLog;
        Pck = attempt.Pck!;
        _evaluation = attempt.Platform.Evaluation;
        TcbInfo? info = attempt.Platform.Info;
        EnclaveIdentity? identity = attempt.Platform.Identity;
        EvaluationDataNumber = info is null || identity is null ? 0 : Math.Min(info.EvaluationDataNumber, identity.EvaluationDataNumber);
        CollateralIssued = info is null || identity is null ? null : info.IssueDate < identity.IssueDate ? info.IssueDate : identity.IssueDate;
    }

    /// <inheritdoc/>
    public override TeeKind Tee => TeeKind.Tdx;

    /// <inheritdoc/>
    public override ByteString ReportData => Quote.Report.ReportData;

    /// <inheritdoc/>
    public override ByteString Measurement => Quote.Report.MrTd;

    /// <summary>Gets the SHA-256 of the initdata: MRCONFIGID, whose last 16 bytes are then zero; all 48 bytes of it when they are not.</summary>
    public override ByteString InitDataDigest
    {
        get
        {
            ByteString id = Quote.Report.MrConfigId;
            return id.Span[InitDataDigestSize..].ContainsAnyExcept((byte)0) ? id : new ByteString(id.Span[..InitDataDigestSize]);
        }
    }

    /// <inheritdoc/>
    public override string Platform => $"FMSPC {Pck.Fmspc}";

    /// <inheritdoc/>
    public override string Tcb => string.Create(CultureInfo.InvariantCulture, $"{Quote.Report.TeeTcbSvn}, {TcbStatus?.ToString() ?? "not known"}");

    /// <summary>Gets the id of the platform, of 16 bytes; that of the processor when the certificate names no platform.</summary>
    public override ByteString HardwareId => Pck.PlatformInstance ?? Pck.Ppid;

    /// <summary>Gets the quote.</summary>
    public TdxQuote Quote { get; }

    /// <summary>Gets the event log that came with it; whether it leads to the registers is a rule of its own.</summary>
    public CcEventLog? EventLog { get; }

    /// <summary>Gets Intel's word for the TCB; null when no collateral said anything.</summary>
    public TdxTcbStatus? TcbStatus => _evaluation?.Status;

    /// <summary>Gets the date of the oldest level that platform, module and enclave reach.</summary>
    public DateTimeOffset? TcbDate => _evaluation?.Date;

    /// <summary>Gets the open security advisories, by Intel's numbers.</summary>
    public IReadOnlyList<string> Advisories => _evaluation?.Advisories ?? [];

    /// <summary>Gets the lower evaluation data number of TCB info and enclave identity; 0 without collateral.</summary>
    public int EvaluationDataNumber { get; }

    /// <summary>Gets when the older of TCB info and enclave identity was issued; null without collateral.</summary>
    public DateTimeOffset? CollateralIssued { get; }

    internal PckExtension Pck { get; }

    internal override IReadOnlyList<RuleResult> Appraise(AppraisalInputs inputs) =>
        [.. CommonChecks.Run(this, inputs), .. TdxChecks.Run(new TdxSubject(this, inputs.Policy.Policy.Tdx, inputs.Now))];

    internal override JsonObject WriteClaims()
    {
        TdReport report = Quote.Report;
        var claims = new JsonObject
        {
            ["quoteVersion"] = Quote.Version,
            ["mrTd"] = report.MrTd.ToString(),
            ["mrSeam"] = report.MrSeam.ToString(),
            ["mrConfigId"] = report.MrConfigId.ToString(),
            ["mrOwner"] = report.MrOwner.ToString(),
            ["mrOwnerConfig"] = report.MrOwnerConfig.ToString(),
            ["mrServiceTd"] = report.MrServiceTd?.ToString(),
        };
        for (int register = 0; register < CcEventLog.Registers; register++)
        {
            claims[$"rtmr{register}"] = report.Rtmr(register).ToString();
        }

        claims["attributes"] = report.Attributes.ToString();
        claims["xfam"] = report.Xfam.ToString();
        claims["teeTcbSvn"] = report.TeeTcbSvn.ToString();
        claims["teeTcbSvn2"] = report.TeeTcbSvn2?.ToString();
        claims["platform"] = WritePlatform();
        claims["tcbStatus"] = TcbStatus?.ToString();
        claims["tcbDate"] = TcbDate?.ToUnixTimeSeconds();
        claims["tcbEvaluationDataNumber"] = EvaluationDataNumber;
        claims["advisoryIds"] = new JsonArray([.. Advisories.Select(advisory => (JsonNode)PlainText.Of(advisory))]);
        return claims;
    }

    private JsonObject WritePlatform() => new()
    {
        ["fmspc"] = Pck.Fmspc.ToString(),
        ["pceId"] = Pck.PceId.ToString(),
        ["cpuSvn"] = Pck.CpuSvn.ToString(),
        ["pceSvn"] = Pck.PceSvn,
        ["sgxType"] = Pck.SgxType,
        ["platformInstanceId"] = Pck.PlatformInstance?.ToString(),
        ["configuration"] = new JsonArray([.. Pck.Configuration.Select(flag => (JsonNode)flag)]),
    };
}
