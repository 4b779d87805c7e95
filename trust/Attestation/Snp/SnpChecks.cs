using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using static ConfidentialOperator.Attestation.Rules.RuleAspect;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>
/// The rules about an authentic report that are SEV-SNP's own, in the order in which they are read out; those of every TEE come before them
/// (<see cref="CommonChecks"/>). Each is pure, all of them run, and none stops the others. They hold for a report below a paravisor as well.
/// </summary>
internal static class SnpChecks
{
    private const string Abi = "AMD 56860, ";
    private const string Report = Abi + "ATTESTATION_REPORT.";
    private const string GuestPolicy = Abi + "guest policy, ";
    private const string PlatformInfo = Report + "PLATFORM_INFO, ";
    private const string Owner = "trust policy, ";

    /// <summary>Gets the rules that hold for every guest, whatever its owner's rules for SEV-SNP are.</summary>
    public static RuleList<SnpSubject> Always { get; } = new("SEV-SNP: every guest",
        new("debug", Expected, GuestPolicy + "DEBUG", SnpLaunchRules.DebugIsOff, RefusalReason.DebugAllowed),
        new("migration", Expected, GuestPolicy + "MIGRATE_MA", SnpLaunchRules.MigrationIsOff, RefusalReason.MigrationAllowed),
        new("guest-policy-bits", Expected, GuestPolicy + "reserved bits", SnpLaunchRules.LaunchPolicyIsWellFormed, RefusalReason.GuestPolicyNotAccepted));

    /// <summary>Gets the rules that the owner's rules for SEV-SNP make.</summary>
    public static RuleList<SnpSubject> OfOwner { get; } = new("SEV-SNP: the owner's policy",
        new("measurement", Expected, Report + "MEASUREMENT; " + Owner + "tee.snp.measurements", SnpIdentityRules.MeasurementIsAccepted, RefusalReason.MeasurementNotAccepted),
        new("vmpl", Expected, Report + "VMPL; " + Owner + "tee.snp.vmpl", SnpIdentityRules.LevelIsAccepted, RefusalReason.VmplNotAccepted),
        Waivable("reported-tcb", Current, Report + "REPORTED_TCB", "minimumTcb", SnpTcbRules.ReportedTcbIsHighEnough, RefusalReason.TcbTooOld, RefusalReason.ProductUnknown),
        Waivable("committed-tcb-minimum", Current, Report + "COMMITTED_TCB", "minimumTcb", SnpTcbRules.CommittedTcbIsHighEnough, RefusalReason.TcbTooOld, RefusalReason.ProductUnknown),
        Waivable("launch-tcb", Current, Report + "LAUNCH_TCB", "minimumTcb", SnpTcbRules.LaunchTcbIsHighEnough, RefusalReason.TcbTooOld, RefusalReason.ProductUnknown),
        Waivable("current-tcb", Current, Report + "CURRENT_TCB", "minimumTcb", SnpTcbRules.CurrentTcbIsHighEnough, RefusalReason.TcbTooOld, RefusalReason.ProductUnknown),
        Waivable("firmware", Current, Report + "COMMITTED_MAJOR, COMMITTED_MINOR, COMMITTED_BUILD", "minimumFirmware", SnpTcbRules.CommittedFirmwareIsNewEnough, RefusalReason.TcbTooOld),
        Waivable("launch-mitigations", Current, Report + "LAUNCH_MIT_VECTOR", "mitigations", SnpTcbRules.MitigationsWereInForceAtLaunch, RefusalReason.TcbTooOld),
        Waivable("current-mitigations", Current, Report + "CURRENT_MIT_VECTOR", "mitigations", SnpTcbRules.MitigationsAreInForce, RefusalReason.TcbTooOld),
        Waivable("revocation", Current, "RFC 5280, 5", "revocation", SnpTcbRules.RevocationIsKnown, RefusalReason.RevocationListInvalid),
        Waivable("smt", Expected, GuestPolicy + "SMT", "guestPolicy", SnpLaunchRules.SmtIsAsDemanded, RefusalReason.PlatformNotAccepted),
        Waivable("single-socket", Expected, GuestPolicy + "SINGLE_SOCKET", "guestPolicy", SnpLaunchRules.SocketIsAsDemanded, RefusalReason.GuestPolicyNotAccepted),
        Waivable("cxl", Expected, GuestPolicy + "CXL_ALLOW", "guestPolicy", SnpLaunchRules.CxlIsAsDemanded, RefusalReason.GuestPolicyNotAccepted),
        Waivable("aes-256-xts", Expected, GuestPolicy + "MEM_AES_256_XTS", "guestPolicy", SnpLaunchRules.MemoryCipherIsAsDemanded, RefusalReason.GuestPolicyNotAccepted),
        Waivable("rapl", Expected, GuestPolicy + "RAPL_DIS", "guestPolicy", SnpLaunchRules.RaplIsAsDemanded, RefusalReason.GuestPolicyNotAccepted),
        Waivable("ciphertext-hiding", Expected, GuestPolicy + "CIPHERTEXT_HIDING_DRAM", "guestPolicy", SnpLaunchRules.CiphertextHidingIsAsDemanded, RefusalReason.GuestPolicyNotAccepted),
        Waivable("page-swap", Expected, GuestPolicy + "PAGE_SWAP_DISABLE", "guestPolicy", SnpLaunchRules.PageSwapIsAsDemanded, RefusalReason.GuestPolicyNotAccepted),
        Waivable("abi", Expected, GuestPolicy + "ABI", "guestPolicy", SnpLaunchRules.AbiIsNewEnough, RefusalReason.GuestPolicyNotAccepted),
        Waivable("platform-smt", Expected, PlatformInfo + "SMT_EN", "platform", SnpPlatformRules.SmtIsAsDemanded, RefusalReason.PlatformNotAccepted),
        Waivable("platform-tsme", Expected, PlatformInfo + "TSME_EN", "platform", SnpPlatformRules.TsmeIsAsDemanded, RefusalReason.PlatformNotAccepted),
        Waivable("platform-ecc", Expected, PlatformInfo + "ECC_EN", "platform", SnpPlatformRules.EccIsAsDemanded, RefusalReason.PlatformNotAccepted),
        Waivable("platform-rapl", Expected, PlatformInfo + "RAPL_DIS", "platform", SnpPlatformRules.RaplIsAsDemanded, RefusalReason.PlatformNotAccepted),
        Waivable("platform-ciphertext-hiding", Expected, PlatformInfo + "CIPHERTEXT_HIDING_DRAM_EN", "platform", SnpPlatformRules.CiphertextHidingIsAsDemanded, RefusalReason.PlatformNotAccepted),
        Waivable("platform-alias-check", Expected, PlatformInfo + "ALIAS_CHECK_COMPLETE", "platform", SnpPlatformRules.AliasCheckIsAsDemanded, RefusalReason.PlatformNotAccepted),
        Waivable("platform-iommu", Expected, PlatformInfo + "IOMMU_WRITE_SAFE", "platform", SnpPlatformRules.IommuIsAsDemanded, RefusalReason.PlatformNotAccepted),
        Waivable("platform-tio", Expected, PlatformInfo + "SEV_TIO_EN", "platform", SnpPlatformRules.TioIsAsDemanded, RefusalReason.PlatformNotAccepted),
        Waivable("platform-flags", Expected, PlatformInfo + "reserved bits", "platform", SnpPlatformRules.UnknownFlagsAreAsDemanded, RefusalReason.PlatformNotAccepted),
        Waivable("chip", Expected, Report + "CHIP_ID", "chips", SnpIdentityRules.ChipIsAccepted, RefusalReason.ChipNotAccepted),
        Waivable("provider", Expected, "AMD 57230, CSP_ID", "providers", SnpIdentityRules.ProviderIsAccepted, RefusalReason.ChipNotAccepted),
        Waivable("id-key", Expected, Report + "ID_KEY_DIGEST", "idKeyDigests", SnpIdentityRules.IdKeyIsAccepted, RefusalReason.IdKeyNotAccepted),
        Waivable("author-key", Expected, Report + "AUTHOR_KEY_DIGEST", "authorKeyDigests", SnpIdentityRules.AuthorKeyIsAccepted, RefusalReason.IdKeyNotAccepted),
        Waivable("family-id", Expected, Report + "FAMILY_ID", "familyIds", SnpIdentityRules.FamilyIsAccepted, RefusalReason.IdKeyNotAccepted),
        Waivable("image-id", Expected, Report + "IMAGE_ID", "imageIds", SnpIdentityRules.ImageIsAccepted, RefusalReason.IdKeyNotAccepted),
        Waivable("guest-svn", Current, Report + "GUEST_SVN", "minimumGuestSvn", SnpIdentityRules.GuestIsNewEnough, RefusalReason.TcbTooOld));

    private static Rule<SnpSubject> Waivable(
        string name, RuleAspect aspect, string specification, string member, Func<SnpSubject, Finding> look, params RefusalReason[] reasons) =>
        new(name, aspect, $"{specification}; {Owner}tee.snp.{member}", look, reasons) { Waiver = $"tee.snp.{member}" };
}
