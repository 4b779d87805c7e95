using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>Rules about the guest's launch policy: what the host may do with the guest.</summary>
internal static class SnpLaunchRules
{
    public static Finding DebugIsOff(SnpSubject subject) => Finding.Of(!Launch(subject).AllowsDebug, RefusalReason.DebugAllowed,
        "off", Launch(subject).AllowsDebug ? "on" : "off", "The guest was launched with debugging allowed: the host can read its memory; launch it without.");

    public static Finding MigrationIsOff(SnpSubject subject) => Finding.Of(!Launch(subject).AllowsMigration, RefusalReason.MigrationAllowed,
        "off", Launch(subject).AllowsMigration ? "on" : "off",
        "The guest was launched with a migration agent allowed, which can read its memory; launch it without.");

    public static Finding LaunchPolicyIsWellFormed(SnpSubject subject) => Finding.Of(Launch(subject).IsWellFormed,
        RefusalReason.GuestPolicyNotAccepted, "bit 17 one, bits 26 to 63 zero", $"{Launch(subject)}",
        $"The guest's launch policy {Launch(subject)} has reserved bits that are not as specified; what they allow is not known.");

    public static Finding SmtIsAsDemanded(SnpSubject subject) =>
        Allowed(subject, RefusalReason.PlatformNotAccepted, demand => demand.SmtAllowed, Launch(subject).AllowsSmt,
            "The guest was launched with SMT allowed, and the policy forbids it: its cores may be shared with another guest's thread.");

    public static Finding CxlIsAsDemanded(SnpSubject subject) =>
        Allowed(subject, RefusalReason.GuestPolicyNotAccepted, demand => demand.CxlAllowed, Launch(subject).AllowsCxl,
            "The guest was launched with CXL_ALLOW, and the policy forbids it: its memory may leave the processor's own channels.");

    public static Finding SocketIsAsDemanded(SnpSubject subject) =>
        Required(subject, demand => demand.SingleSocketRequired, Launch(subject).IsSingleSocket,
            "The guest may be spread over sockets, and the policy demands one: launch it with SINGLE_SOCKET.");

    public static Finding MemoryCipherIsAsDemanded(SnpSubject subject) =>
        Required(subject, demand => demand.Aes256XtsRequired, Launch(subject).DemandsAes256Xts,
            "The guest may run with a memory cipher below AES-256-XTS, and the policy demands that: launch it with MEM_AES_256_XTS.");

    public static Finding RaplIsAsDemanded(SnpSubject subject) =>
        Required(subject, demand => demand.RaplDisabledRequired, Launch(subject).DemandsRaplDisabled,
            "The guest may run where the processor's power can be measured, and the policy demands that it cannot: launch it with RAPL_DIS.");

    public static Finding CiphertextHidingIsAsDemanded(SnpSubject subject) =>
        Required(subject, demand => demand.CiphertextHidingRequired, Launch(subject).DemandsCiphertextHiding,
            "The guest may run where the host reads its memory's ciphertext, and the policy demands that it cannot: launch it with CIPHERTEXT_HIDING_DRAM.");

    public static Finding PageSwapIsAsDemanded(SnpSubject subject) =>
        Required(subject, demand => demand.PageSwapDisabledRequired, Launch(subject).DisablesPageSwap,
            "The host may move and swap the guest's pages, and the policy demands that it cannot: launch it with PAGE_SWAP_DISABLE.");

    public static Finding AbiIsNewEnough(SnpSubject subject)
    {
        (int major, int minor) = (Launch(subject).AbiMajor, Launch(subject).AbiMinor);
        return Finding.Of(subject.Snp.GuestPolicy, $"{major}.{minor}", demand =>
            Finding.Of((major, minor).CompareTo((demand.MinimumAbiMajor, demand.MinimumAbiMinor)) >= 0, RefusalReason.GuestPolicyNotAccepted,
                $"at least {demand.MinimumAbiMajor}.{demand.MinimumAbiMinor}", $"{major}.{minor}",
                $"The guest's launch policy demands firmware ABI {major}.{minor}, below the policy's {demand.MinimumAbiMajor}.{demand.MinimumAbiMinor}."));
    }

    private static SnpLaunchPolicy Launch(SnpSubject subject) => subject.Report.LaunchPolicy;

    private static Finding Allowed(SnpSubject subject, RefusalReason reason, Func<SnpGuestPolicy, bool> allows, bool isAllowed, string message)
    {
        string found = isAllowed ? "allowed" : "not allowed";
        return subject.Snp.GuestPolicy is { Value: { } demand }
            ? Finding.Of(allows(demand) || !isAllowed, reason, allows(demand) ? "any" : "not allowed", found, message) : Finding.Waived(subject.Snp.GuestPolicy.WaivedBecause!, found);
    }

    private static Finding Required(SnpSubject subject, Func<SnpGuestPolicy, bool> requires, bool isSet, string message)
    {
        string found = isSet ? "demanded" : "not demanded";
        return subject.Snp.GuestPolicy is { Value: { } demand }
            ? Finding.Of(!requires(demand) || isSet, RefusalReason.GuestPolicyNotAccepted, requires(demand) ? "demanded" : "any", found, message)
            : Finding.Waived(subject.Snp.GuestPolicy.WaivedBecause!, found);
    }
}
