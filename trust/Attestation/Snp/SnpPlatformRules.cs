using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>Rules about the machine when it made the report.</summary>
internal static class SnpPlatformRules
{
    public static Finding SmtIsAsDemanded(SnpSubject subject) =>
        Allowed(subject, demand => demand.SmtAllowed, Platform(subject).HasSmt, "SMT is on, and the policy forbids it: turn it off in the machine's firmware.");

    public static Finding TioIsAsDemanded(SnpSubject subject) =>
        Allowed(subject, demand => demand.TioAllowed, Platform(subject).HasTio, "SEV-TIO is on, and the policy forbids it: turn it off on the machine.");

    public static Finding UnknownFlagsAreAsDemanded(SnpSubject subject) =>
        Allowed(subject, demand => demand.UnknownFlagsAllowed, Platform(subject).Unknown != 0,
            $"The platform's flags {Platform(subject)} have bits that the specification does not name, and the policy forbids them.");

    public static Finding TsmeIsAsDemanded(SnpSubject subject) =>
        Required(subject, demand => demand.TsmeRequired, Platform(subject).HasTsme, "TSME is off, and the policy demands it: turn it on in the machine's firmware.");

    public static Finding EccIsAsDemanded(SnpSubject subject) =>
        Required(subject, demand => demand.EccRequired, Platform(subject).HasEcc, "Memory has no error correction, and the policy demands it.");

    public static Finding RaplIsAsDemanded(SnpSubject subject) =>
        Required(subject, demand => demand.RaplDisabledRequired, Platform(subject).DisablesRapl,
            "The processor's power can be measured, and the policy demands that it cannot: turn RAPL off on the machine.");

    public static Finding CiphertextHidingIsAsDemanded(SnpSubject subject) =>
        Required(subject, demand => demand.CiphertextHidingRequired, Platform(subject).HidesCiphertext,
            "The host can read the ciphertext of guests' memory, and the policy demands that it cannot: turn ciphertext hiding on on the machine.");

    public static Finding AliasCheckIsAsDemanded(SnpSubject subject) =>
        Required(subject, demand => demand.AliasCheckRequired, Platform(subject).ChecksAliases,
            "Memory was not checked for aliases since the last reset, and the policy demands it: update the machine's firmware.");

    public static Finding IommuIsAsDemanded(SnpSubject subject) =>
        Required(subject, demand => demand.IommuWriteSafeRequired, Platform(subject).HasSafeIommu,
            "The machine does not say that its IOMMU keeps devices from writing where they may not, and the policy demands it.");

    private static SnpPlatformInfo Platform(SnpSubject subject) => subject.Report.PlatformInfo;

    private static Finding Allowed(SnpSubject subject, Func<SnpPlatformPolicy, bool> allows, bool isOn, string message) =>
        subject.Snp.Platform is { Value: { } demand }
            ? Finding.Of(allows(demand) || !isOn, RefusalReason.PlatformNotAccepted, allows(demand) ? "any" : "off", OnOff(isOn), message)
            : Finding.Waived(subject.Snp.Platform.WaivedBecause!, OnOff(isOn));

    private static Finding Required(SnpSubject subject, Func<SnpPlatformPolicy, bool> requires, bool isOn, string message) =>
        subject.Snp.Platform is { Value: { } demand }
            ? Finding.Of(!requires(demand) || isOn, RefusalReason.PlatformNotAccepted, requires(demand) ? "on" : "any", OnOff(isOn), message)
            : Finding.Waived(subject.Snp.Platform.WaivedBecause!, OnOff(isOn));

    private static string OnOff(bool isOn) => isOn ? "on" : "off";
}
