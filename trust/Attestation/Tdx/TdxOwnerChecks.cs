using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>The rules that the owner's rules for TDX make, in the order in which they are read out. Each is pure, all of them run, and none stops the others.</summary>
internal static class TdxOwnerChecks
{
    private const string Report = "Intel TDX module, TDREPORT.";
    private const string Attributes = "Intel TDX module, TDATTRIBUTES.";
    private const string Pcs = "Intel PCS v4, ";
    private const string Owner = "; trust policy, tee.tdx.";
    private const string AttributesWaiver = "tee.tdx.attributes";
    private static readonly ByteString s_none = new(new byte[TdReport.MeasurementSize]);

    public static RuleList<TdxSubject> All { get; } = new("TDX: the owner's policy",
        new("mrtd", RuleAspect.Expected, Report + "MRTD" + Owner + "mrTd", MrTdIsAccepted, RefusalReason.MeasurementNotAccepted),
        new("rtmr0", RuleAspect.Expected, Report + "RTMR0" + Owner + "rtmr0", Rtmr0IsAccepted, RefusalReason.MeasurementNotAccepted) { Waiver = "tee.tdx.rtmr0" },
        new("rtmr1", RuleAspect.Expected, Report + "RTMR1" + Owner + "rtmr1", Rtmr1IsAccepted, RefusalReason.MeasurementNotAccepted) { Waiver = "tee.tdx.rtmr1" },
        new("rtmr2", RuleAspect.Expected, Report + "RTMR2" + Owner + "rtmr2", Rtmr2IsAccepted, RefusalReason.MeasurementNotAccepted) { Waiver = "tee.tdx.rtmr2" },
        new("rtmr3", RuleAspect.Expected, Report + "RTMR3" + Owner + "rtmr3", Rtmr3IsAccepted, RefusalReason.MeasurementNotAccepted) { Waiver = "tee.tdx.rtmr3" },
        new("mrseam", RuleAspect.Expected, Report + "MRSEAM" + Owner + "mrSeam", MrSeamIsAccepted, RefusalReason.ModuleNotAccepted) { Waiver = "tee.tdx.mrSeam" },
        new("mrowner", RuleAspect.Expected, Report + "MROWNER" + Owner + "mrOwner", MrOwnerIsAccepted, RefusalReason.MeasurementNotAccepted) { Waiver = "tee.tdx.mrOwner" },
        new("mrownerconfig", RuleAspect.Expected, Report + "MROWNERCONFIG" + Owner + "mrOwnerConfig", MrOwnerConfigIsAccepted, RefusalReason.MeasurementNotAccepted) { Waiver = "tee.tdx.mrOwnerConfig" },
        new("mrservicetd", RuleAspect.Expected, Report + "MRSERVICETD" + Owner + "mrServiceTd", MrServiceTdIsAccepted, RefusalReason.MeasurementNotAccepted) { Waiver = "tee.tdx.mrServiceTd" },
        new("sept-ve-disable", RuleAspect.Expected, Attributes + "SEPT_VE_DISABLE" + Owner + "attributes", SeptVeIsAsDemanded, RefusalReason.GuestPolicyNotAccepted) { Waiver = AttributesWaiver },
        new("migratable", RuleAspect.Expected, Attributes + "MIGRATABLE" + Owner + "attributes", MigrationIsAsDemanded, RefusalReason.MigrationAllowed) { Waiver = AttributesWaiver },
        new("perfmon", RuleAspect.Expected, Attributes + "PERFMON" + Owner + "attributes", PerfmonIsAsDemanded, RefusalReason.GuestPolicyNotAccepted) { Waiver = AttributesWaiver },
        new("key-locker", RuleAspect.Expected, Attributes + "KL" + Owner + "attributes", KeyLockerIsAsDemanded, RefusalReason.GuestPolicyNotAccepted) { Waiver = AttributesWaiver },
        new("pks", RuleAspect.Expected, Attributes + "PKS" + Owner + "attributes", PksIsAsDemanded, RefusalReason.GuestPolicyNotAccepted) { Waiver = AttributesWaiver },
        new("xfam", RuleAspect.Expected, Report + "XFAM" + Owner + "xfam", XfamIsAccepted, RefusalReason.GuestPolicyNotAccepted) { Waiver = "tee.tdx.xfam" },
        new("tcb-status", RuleAspect.Current, Pcs + "TCB info v3: tcbStatus" + Owner + "tcbStatuses", StatusIsAccepted, RefusalReason.TcbStatusNotAccepted),
        new("advisories", RuleAspect.Current, Pcs + "TCB info v3: advisoryIDs" + Owner + "advisories", AdvisoriesAreAccepted, RefusalReason.AdvisoryNotAccepted) { Waiver = "tee.tdx.advisories" },
        new("evaluation-number", RuleAspect.Current, Pcs + "tcbEvaluationDataNumber" + Owner + "minimumTcbEvaluationDataNumber", EvaluationIsNewEnough, RefusalReason.TcbTooOld) { Waiver = "tee.tdx.minimumTcbEvaluationDataNumber" },
        new("collateral-age", RuleAspect.Current, Pcs + "issueDate" + Owner + "collateralAge", CollateralIsFresh, RefusalReason.CollateralExpired) { Waiver = "tee.tdx.collateralAge" },
        new("platform-instance", RuleAspect.Expected, "Intel SGX PCK certificate: platform instance id" + Owner + "platformInstances", PlatformIsAccepted, RefusalReason.ChipNotAccepted) { Waiver = "tee.tdx.platformInstances" },
        new("event-log-demand", RuleAspect.Expected, "UEFI 2.10, 38" + Owner + "eventLog", EventLogIsThere, RefusalReason.EventLogMismatch) { Waiver = "tee.tdx.eventLog" });

    private static Finding MrTdIsAccepted(TdxSubject subject) => OneOf(subject.Tdx.MrTd, subject.Report.MrTd, RefusalReason.MeasurementNotAccepted, "MRTD");

    private static Finding Rtmr0IsAccepted(TdxSubject subject) => Rtmr(subject, 0);

    private static Finding Rtmr1IsAccepted(TdxSubject subject) => Rtmr(subject, 1);

    private static Finding Rtmr2IsAccepted(TdxSubject subject) => Rtmr(subject, 2);

    private static Finding Rtmr3IsAccepted(TdxSubject subject) => Rtmr(subject, 3);

    private static Finding Rtmr(TdxSubject subject, int register) => register < subject.Tdx.Rtmr.Count
        ? OneOf(subject.Tdx.Rtmr[register], subject.Report.Rtmr(register), RefusalReason.MeasurementNotAccepted, $"RTMR{register}")
        : Finding.Failed(RefusalReason.MeasurementNotAccepted, "a demand of the policy", $"{subject.Report.Rtmr(register)}", $"The policy makes no demand on RTMR{register}, and it must.");

    private static Finding MrSeamIsAccepted(TdxSubject subject) => OneOf(subject.Tdx.MrSeam, subject.Report.MrSeam, RefusalReason.ModuleNotAccepted, "MRSEAM");

    private static Finding MrOwnerIsAccepted(TdxSubject subject) => OneOf(subject.Tdx.MrOwner, subject.Report.MrOwner, RefusalReason.MeasurementNotAccepted, "MROWNER");

    private static Finding MrOwnerConfigIsAccepted(TdxSubject subject) =>
        OneOf(subject.Tdx.MrOwnerConfig, subject.Report.MrOwnerConfig, RefusalReason.MeasurementNotAccepted, "MROWNERCONFIG");

    private static Finding MrServiceTdIsAccepted(TdxSubject subject) =>
        OneOf(subject.Tdx.MrServiceTd, subject.Report.MrServiceTd ?? s_none, RefusalReason.MeasurementNotAccepted, "MRSERVICETD");

    private static Finding SeptVeIsAsDemanded(TdxSubject subject)
    {
        bool isDisabled = subject.Report.Attributes.IsSeptVeDisabled;
        return Finding.Of(subject.Tdx.Attributes, isDisabled ? "set" : "clear", demand =>
            Finding.Of(!demand.SeptVeDisableRequired || isDisabled, RefusalReason.GuestPolicyNotAccepted, demand.SeptVeDisableRequired ? "set" : "set or clear", isDisabled ? "set" : "clear",
                "The guest was launched without SEPT_VE_DISABLE, and the policy demands it: the host can disturb the guest with exceptions for pages that it takes away."));
    }

    private static Finding MigrationIsAsDemanded(TdxSubject subject) => Attribute(subject, subject.Report.Attributes.IsMigratable, demand => demand.MigratableAllowed,
        RefusalReason.MigrationAllowed, "MIGRATABLE");

    private static Finding PerfmonIsAsDemanded(TdxSubject subject) => Attribute(subject, subject.Report.Attributes.HasPerfmon, demand => demand.PerfmonAllowed,
        RefusalReason.GuestPolicyNotAccepted, "PERFMON");

    private static Finding KeyLockerIsAsDemanded(TdxSubject subject) => Attribute(subject, subject.Report.Attributes.HasKeyLocker, demand => demand.KeyLockerAllowed,
        RefusalReason.GuestPolicyNotAccepted, "KL");

    private static Finding PksIsAsDemanded(TdxSubject subject) => Attribute(subject, subject.Report.Attributes.HasPks, demand => demand.PksAllowed,
        RefusalReason.GuestPolicyNotAccepted, "PKS");

    private static Finding Attribute(TdxSubject subject, bool isSet, Func<TdxAttributesPolicy, bool> isAllowed, RefusalReason reason, string name) =>
        Finding.Of(subject.Tdx.Attributes, isSet ? "set" : "clear", demand => Finding.Of(!isSet || isAllowed(demand), reason, isAllowed(demand) ? "set or clear" : "clear", isSet ? "set" : "clear",
            $"The guest was launched with the attribute {name}, which the policy does not allow; launch it without."));

    private static Finding XfamIsAccepted(TdxSubject subject) => OneOf(subject.Tdx.Xfam, subject.Report.Xfam, RefusalReason.GuestPolicyNotAccepted, "XFAM");

    private static Finding StatusIsAccepted(TdxSubject subject)
    {
        string found = subject.Authentic.TcbStatus?.ToString() ?? "not known";
        return Finding.Of(subject.Authentic.TcbStatus is { } status && subject.Tdx.TcbStatuses.Contains(status), RefusalReason.TcbStatusNotAccepted,
            "one of " + string.Join(", ", subject.Tdx.TcbStatuses), found,
            $"Intel's word for the platform's TCB is {found}, which the policy does not accept: update or configure the platform, or launch the guest again, as the word says.");
    }

    private static Finding AdvisoriesAreAccepted(TdxSubject subject)
    {
        IReadOnlyList<string> open = subject.Authentic.Advisories;
        return Finding.Of(subject.Tdx.Advisories, open.Count == 0 ? "none" : string.Join(", ", open), accepted =>
        {
            string[] others = open.Count == 0 ? [] : [.. open.Where(advisory => !accepted.Contains(advisory, StringComparer.Ordinal))];
            return Finding.Of(others.Length == 0, RefusalReason.AdvisoryNotAccepted, accepted.Count == 0 ? "none" : "none but " + string.Join(", ", accepted),
                open.Count == 0 ? "none" : string.Join(", ", open), $"Security advisories {string.Join(", ", others)} are open on the platform, and the policy does not accept them: update it.");
        });
    }

    private static Finding EvaluationIsNewEnough(TdxSubject subject)
    {
        int number = subject.Authentic.EvaluationDataNumber;
        return Finding.Of(subject.Tdx.MinimumTcbEvaluationDataNumber, $"{number}", least => Finding.Of(number >= least.Value, RefusalReason.TcbTooOld, $"at least {least.Value}", $"{number}",
            $"The collateral's evaluation data number is {number}, and the policy demands {least.Value}: fetch newer collateral; an old judgement hides newer faults."));
    }

    private static Finding CollateralIsFresh(TdxSubject subject)
    {
        DateTimeOffset? issued = subject.Authentic.CollateralIssued;
        string found = issued is { } time ? $"issued {time:u}" : "none";
        return Finding.Of(subject.Tdx.CollateralAge, found, most => Finding.Of(issued is { } time && (subject.Now - time).TotalSeconds <= most.Value, RefusalReason.CollateralExpired,
            $"at most {most.Value} s old", found, $"The collateral was {found}, and the policy accepts at most {most.Value} s: fetch the current one."));
    }

    private static Finding PlatformIsAccepted(TdxSubject subject) => Finding.Of(subject.Tdx.PlatformInstances, $"{subject.Authentic.Pck.PlatformInstance?.ToString() ?? "none"}",
        instances => OneOf(instances, subject.Authentic.Pck.PlatformInstance ?? ByteString.Empty, RefusalReason.ChipNotAccepted, "platform instance id"));

    private static Finding EventLogIsThere(TdxSubject subject)
    {
        string found = subject.Authentic.EventLog is { } log ? $"{log.Events.Count} events" : "none";
        return Finding.Of(subject.Tdx.EventLog, found, _ => Finding.Of(subject.Authentic.EventLog is not null, RefusalReason.EventLogMismatch, "an event log", found,
            "The policy demands an event log with the quote, and none came: have the guest send cc_eventlog."));
    }

    private static Finding OneOf(Expectation<IReadOnlyList<ByteString>> expectation, ByteString found, RefusalReason reason, string what) =>
        Finding.Of(expectation, $"{found}", accepted => OneOf(accepted, found, reason, what));

    private static Finding OneOf(IReadOnlyList<ByteString> accepted, ByteString found, RefusalReason reason, string what) => Finding.Of(
        accepted.Contains(found), reason, accepted.Count == 1 ? $"{accepted[0]}" : $"one of {accepted.Count} in the policy", $"{found}",
        $"The {what} {found} is not among the {accepted.Count} that the policy accepts.");
}
