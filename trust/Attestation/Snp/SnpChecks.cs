using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>
/// Every rule about an authentic report, in the order in which they are read out. Each is pure, all of them run, and none stops the others.
/// </summary>
internal static class SnpChecks
{
    private const string Abi = "AMD 56860, ";
    private const string Report = Abi + "ATTESTATION_REPORT.";
    private const string GuestPolicy = Abi + "guest policy, ";
    private const string Owner = "trust policy, ";

    /// <summary>Gets the rules about what the report is bound to. Below a paravisor, the report is bound to the paravisor's data and the initdata stands elsewhere.</summary>
    public static RuleList<SnpSubject> Bound { get; } = new("SEV-SNP: what the report is bound to",
        new("report-data", RuleAspect.Expected, Report + "REPORT_DATA", ReportDataAnswersTheQuestion, RefusalReason.ReportDataMismatch),
        new("initdata", RuleAspect.Expected, Report + "HOST_DATA; " + Owner + "initDataDigests", InitDataIsAccepted, RefusalReason.InitDataNotAccepted));

    /// <summary>Gets the rules that hold for every guest, whatever its owner's rules for SEV-SNP are.</summary>
    public static RuleList<SnpSubject> Always { get; } = new("SEV-SNP: every guest",
        new("policy-time", RuleAspect.Current, Owner + "notAfter", PolicyIsInForce, RefusalReason.PolicyExpired),
        new("tee", RuleAspect.Expected, Owner + "tee", TeeIsAccepted, RefusalReason.TeeNotAccepted),
        new("debug", RuleAspect.Expected, GuestPolicy + "DEBUG", DebugIsOff, RefusalReason.DebugAllowed),
        new("migration", RuleAspect.Expected, GuestPolicy + "MIGRATE_MA", MigrationIsOff, RefusalReason.MigrationAllowed),
        new("guest-policy-bits", RuleAspect.Expected, GuestPolicy + "reserved bits", LaunchPolicyIsWellFormed, RefusalReason.GuestPolicyNotAccepted));

    /// <summary>Gets the rules that the owner's rules for SEV-SNP make.</summary>
    public static RuleList<SnpSubject> OfOwner { get; } = new("SEV-SNP: the owner's policy",
        new("development-root", RuleAspect.Expected, Owner + "tee.snp.development", RootIsAccepted, RefusalReason.DevelopmentRootNotAccepted),
        new("measurement", RuleAspect.Expected, Report + "MEASUREMENT; " + Owner + "tee.snp.measurements", MeasurementIsAccepted, RefusalReason.MeasurementNotAccepted),
        new("vmpl", RuleAspect.Expected, Report + "VMPL; " + Owner + "tee.snp.vmpl", LevelIsAccepted, RefusalReason.VmplNotAccepted),
        new("reported-tcb", RuleAspect.Current, Report + "REPORTED_TCB; " + Owner + "tee.snp.minimumTcb", ReportedTcbIsHighEnough, RefusalReason.TcbTooOld, RefusalReason.ProductUnknown) { Waiver = "tee.snp.minimumTcb" },
        new("committed-tcb-minimum", RuleAspect.Current, Report + "COMMITTED_TCB; " + Owner + "tee.snp.minimumTcb", CommittedTcbIsHighEnough, RefusalReason.TcbTooOld, RefusalReason.ProductUnknown) { Waiver = "tee.snp.minimumTcb" },
        new("launch-tcb", RuleAspect.Current, Report + "LAUNCH_TCB; " + Owner + "tee.snp.minimumTcb", LaunchTcbIsHighEnough, RefusalReason.TcbTooOld, RefusalReason.ProductUnknown) { Waiver = "tee.snp.minimumTcb" },
        new("revocation", RuleAspect.Current, "RFC 5280, 5; " + Owner + "tee.snp.revocation", RevocationIsKnown, RefusalReason.RevocationListInvalid) { Waiver = "tee.snp.revocation" },
        new("smt", RuleAspect.Expected, GuestPolicy + "SMT; " + Owner + "tee.snp.guestPolicy", SmtIsAsDemanded, RefusalReason.PlatformNotAccepted) { Waiver = "tee.snp.guestPolicy" },
        new("single-socket", RuleAspect.Expected, GuestPolicy + "SINGLE_SOCKET; " + Owner + "tee.snp.guestPolicy", SocketIsAsDemanded, RefusalReason.GuestPolicyNotAccepted) { Waiver = "tee.snp.guestPolicy" },
        new("abi", RuleAspect.Expected, GuestPolicy + "ABI; " + Owner + "tee.snp.guestPolicy", AbiIsNewEnough, RefusalReason.GuestPolicyNotAccepted) { Waiver = "tee.snp.guestPolicy" },
        new("chip", RuleAspect.Expected, Report + "CHIP_ID; " + Owner + "tee.snp.chips", ChipIsAccepted, RefusalReason.ChipNotAccepted) { Waiver = "tee.snp.chips" },
        new("id-key", RuleAspect.Expected, Report + "ID_KEY_DIGEST; " + Owner + "tee.snp.idKeyDigests", IdKeyIsAccepted, RefusalReason.IdKeyNotAccepted) { Waiver = "tee.snp.idKeyDigests" },
        new("author-key", RuleAspect.Expected, Report + "AUTHOR_KEY_DIGEST; " + Owner + "tee.snp.authorKeyDigests", AuthorKeyIsAccepted, RefusalReason.IdKeyNotAccepted) { Waiver = "tee.snp.authorKeyDigests" });

    /// <summary>Runs every rule.</summary>
    public static IReadOnlyList<RuleResult> Run(SnpSubject subject) =>
        [.. Bound.Apply(subject), .. Always.Apply(subject), .. subject.Rules is null ? [] : OfOwner.Apply(subject)];

    /// <summary>The one rule that is asked before any policy is known: whether the report answers this question.</summary>
    public static Finding ReportDataAnswers(SnpReport report, ByteString expected) => Finding.Of(report.ReportData == expected,
        RefusalReason.ReportDataMismatch, $"{expected}", $"{report.ReportData}",
        "The report is bound to other data: it answers another nonce, or other keys than the ones that came with it; ask again with a fresh nonce.");

    private static Finding ReportDataAnswersTheQuestion(SnpSubject subject) => ReportDataAnswers(subject.Report, subject.ReportData);

    private static Finding PolicyIsInForce(SnpSubject subject)
    {
        Refusal? refusal = subject.Signed.CheckTime(subject.Now);
        return Finding.Of(refusal is null, RefusalReason.PolicyExpired, $"now at most {subject.Policy.NotAfter:u}", $"{subject.Now:u}", refusal?.Message ?? "");
    }

    private static Finding TeeIsAccepted(SnpSubject subject) => Finding.Of(subject.Rules is not null, RefusalReason.TeeNotAccepted,
        "rules for snp in the policy", "snp", $"Policy {subject.Policy.PolicyVersion} of {subject.Policy.Tenant}/{subject.Policy.Model} accepts no SEV-SNP guest.");

    private static Finding DebugIsOff(SnpSubject subject) => Finding.Of(!subject.Report.LaunchPolicy.AllowsDebug, RefusalReason.DebugAllowed,
        "off", subject.Report.LaunchPolicy.AllowsDebug ? "on" : "off",
        "The guest was launched with debugging allowed: the host can read its memory; launch it without.");

    private static Finding MigrationIsOff(SnpSubject subject) => Finding.Of(!subject.Report.LaunchPolicy.AllowsMigration, RefusalReason.MigrationAllowed,
        "off", subject.Report.LaunchPolicy.AllowsMigration ? "on" : "off",
        "The guest was launched with a migration agent allowed, which can read its memory; launch it without.");

    private static Finding LaunchPolicyIsWellFormed(SnpSubject subject) => Finding.Of(subject.Report.LaunchPolicy.IsWellFormed,
        RefusalReason.GuestPolicyNotAccepted, "bit 17 one, bits 26 to 63 zero", $"{subject.Report.LaunchPolicy}",
        $"The guest's launch policy {subject.Report.LaunchPolicy} has reserved bits that are not as specified; what they allow is not known.");

    private static Finding InitDataIsAccepted(SnpSubject subject) => OneOf(subject.Policy.InitDataDigests, subject.Report.HostData,
        RefusalReason.InitDataNotAccepted, "initdata digest");

    private static Finding RootIsAccepted(SnpSubject subject)
    {
        bool isDevelopment = subject.Authentic.IsDevelopment;
        return Finding.Of(!isDevelopment || subject.Snp.Development, RefusalReason.DevelopmentRootNotAccepted,
            subject.Snp.Development ? "any accepted root" : "a root of AMD", isDevelopment ? "a development root" : "a root of AMD",
            "The evidence ends in a development root, which no hardware stands behind; the policy must say 'development' to accept it.");
    }

    private static Finding MeasurementIsAccepted(SnpSubject subject) => OneOf(subject.Snp.Measurements, subject.Report.Measurement,
        RefusalReason.MeasurementNotAccepted, "launch measurement");

    private static Finding LevelIsAccepted(SnpSubject subject)
    {
        string found = subject.Report.Vmpl == SnpReport.HostLevel ? "the host" : $"{subject.Report.Vmpl}";
        return Finding.Of(subject.Snp.Vmpl.Any(level => subject.Report.Vmpl == (uint)level), RefusalReason.VmplNotAccepted,
            "one of " + string.Join(", ", subject.Snp.Vmpl), found, $"The report was asked for by privilege level {found}, which the policy does not accept.");
    }

    private static Finding ReportedTcbIsHighEnough(SnpSubject subject) => Tcb(subject, subject.Report.ReportedTcb, "reported");

    private static Finding CommittedTcbIsHighEnough(SnpSubject subject) => Tcb(subject, subject.Report.CommittedTcb, "committed");

    private static Finding LaunchTcbIsHighEnough(SnpSubject subject) => Tcb(subject, subject.Report.LaunchTcb, "launch");

    private static Finding Tcb(SnpSubject subject, SnpTcb tcb, string which) => Finding.Of(subject.Snp.MinimumTcb, $"{tcb}", minimum =>
    {
        if (!minimum.TryGetValue(subject.Authentic.Product, out SnpTcb? least))
        {
            return Finding.Failed(RefusalReason.ProductUnknown, "one of " + string.Join(", ", minimum.Keys), $"{subject.Authentic.Product}",
                $"The policy has no minimum TCB for {subject.Authentic.Product}, so guests on it are not accepted.");
        }

        return Finding.Of(tcb.IsAtLeast(least), RefusalReason.TcbTooOld, $"at least {least}", $"{tcb}",
            $"The {which} TCB ({tcb}) is below the policy's minimum for {subject.Authentic.Product} ({least}); update the host's firmware and launch again.");
    });

    private static Finding RevocationIsKnown(SnpSubject subject) => Finding.Of(subject.Snp.Revocation, subject.Authentic.Revocation.Found, _ =>
        Finding.Of(subject.Authentic.Revocation.IsCurrent, RefusalReason.RevocationListInvalid, "a current list that the root signed",
            subject.Authentic.Revocation.Found,
            $"The policy demands a current revocation list of the root; there is {subject.Authentic.Revocation.Found}: give the list of AMD's key service as collateral."));

    private static Finding SmtIsAsDemanded(SnpSubject subject)
    {
        bool allowed = subject.Report.LaunchPolicy.AllowsSmt;
        return Finding.Of(subject.Snp.GuestPolicy, allowed ? "allowed" : "off", demand =>
            Finding.Of(demand.SmtAllowed || !allowed, RefusalReason.PlatformNotAccepted, demand.SmtAllowed ? "allowed or off" : "off", allowed ? "allowed" : "off",
                "The guest was launched with SMT allowed, and the policy forbids it: its cores may be shared with another guest's thread."));
    }

    private static Finding SocketIsAsDemanded(SnpSubject subject)
    {
        string found = subject.Report.LaunchPolicy.IsSingleSocket ? "one socket" : "any socket";
        return Finding.Of(subject.Snp.GuestPolicy, found, demand =>
            Finding.Of(!demand.SingleSocketRequired || subject.Report.LaunchPolicy.IsSingleSocket, RefusalReason.GuestPolicyNotAccepted,
                demand.SingleSocketRequired ? "one socket" : "any", found,
                "The guest may be spread over sockets, and the policy demands one: launch it with SINGLE_SOCKET."));
    }

    private static Finding AbiIsNewEnough(SnpSubject subject)
    {
        (int major, int minor) = (subject.Report.LaunchPolicy.AbiMajor, subject.Report.LaunchPolicy.AbiMinor);
        return Finding.Of(subject.Snp.GuestPolicy, $"{major}.{minor}", demand =>
            Finding.Of((major, minor).CompareTo((demand.MinimumAbiMajor, demand.MinimumAbiMinor)) >= 0, RefusalReason.GuestPolicyNotAccepted,
                $"at least {demand.MinimumAbiMajor}.{demand.MinimumAbiMinor}", $"{major}.{minor}",
                $"The guest's launch policy demands firmware ABI {major}.{minor}, below the policy's {demand.MinimumAbiMajor}.{demand.MinimumAbiMinor}."));
    }

    private static Finding ChipIsAccepted(SnpSubject subject) => Finding.Of(subject.Snp.Chips, $"{subject.Report.ChipId}",
        chips => OneOf(chips, subject.Report.ChipId, RefusalReason.ChipNotAccepted, "chip"));

    private static Finding IdKeyIsAccepted(SnpSubject subject) => Finding.Of(subject.Snp.IdKeyDigests, $"{subject.Report.IdKeyDigest}",
        digests => OneOf(digests, subject.Report.IdKeyDigest, RefusalReason.IdKeyNotAccepted, "ID key digest"));

    private static Finding AuthorKeyIsAccepted(SnpSubject subject) => Finding.Of(subject.Snp.AuthorKeyDigests, $"{subject.Report.AuthorKeyDigest}",
        digests => OneOf(digests, subject.Report.AuthorKeyDigest, RefusalReason.IdKeyNotAccepted, "author key digest"));

    private static Finding OneOf(IReadOnlyList<ByteString> accepted, ByteString found, RefusalReason reason, string what) => Finding.Of(
        accepted.Contains(found), reason, accepted.Count == 1 ? $"{accepted[0]}" : $"one of {accepted.Count} in the policy", $"{found}",
        $"The {what} {found} is not among the {accepted.Count} that the policy accepts.");
}
