using System.Globalization;

namespace ConfidentialOperator.Cli.Verbs.Policies;

/// <summary>The members of each section of a policy that is written with <see cref="SectionRules"/>.</summary>
internal static class SectionTables
{
    private const int NamedPcrs = 9;
    private const int TpmPcrs = 24;

    public static SectionRules Tdx { get; } = new("tdx", "TDX", new Dictionary<string, RuleShape>
    {
        ["mrTd"] = RuleShape.List,
        ["rtmr0"] = RuleShape.AnyOf,
        ["rtmr1"] = RuleShape.AnyOf,
        ["rtmr2"] = RuleShape.AnyOf,
        ["rtmr3"] = RuleShape.AnyOf,
        ["mrSeam"] = RuleShape.AnyOf,
        ["mrOwner"] = RuleShape.AnyOf,
        ["mrOwnerConfig"] = RuleShape.AnyOf,
        ["mrServiceTd"] = RuleShape.AnyOf,
        ["attributes"] = RuleShape.Flags("septVeDisableRequired", "migratableAllowed", "perfmonAllowed", "keyLockerAllowed", "pksAllowed"),
        ["xfam"] = RuleShape.AnyOf,
        ["tcbStatuses"] = RuleShape.List,
        ["advisories"] = RuleShape.Accepted,
        ["minimumTcbEvaluationDataNumber"] = RuleShape.Number("atLeast"),
        ["collateralAge"] = RuleShape.Number("seconds"),
        ["platformInstances"] = RuleShape.AnyOf,
        ["eventLog"] = RuleShape.Required,
    });

    public static SectionRules Nitro { get; } = new("nitro", "Nitro Enclaves", new Dictionary<string, RuleShape>(
        Enumerable.Range(0, NamedPcrs).Select(index => KeyValuePair.Create(Pcr(index), index == 0 ? Unwaivable(RuleShape.AnyOf) : RuleShape.AnyOf)))
    {
        ["maximumAge"] = RuleShape.Number("seconds"),
        ["initData"] = RuleShape.Number("pcr"),
    });

    public static SectionRules Azure { get; } = new("azure", "confidential VMs of Azure: what the paravisor started", new Dictionary<string, RuleShape>(
        Enumerable.Range(0, TpmPcrs).Select(index => KeyValuePair.Create(Pcr(index), RuleShape.AnyOf))), rest: "pcrs.others");

    public static SectionRules Gpu { get; } = new("gpu", "GPUs and NVSwitches", new Dictionary<string, RuleShape>
    {
        ["count"] = RuleShape.Numbers("gpus", "switches"),
        ["architectures"] = RuleShape.List,
        ["driverVersions"] = RuleShape.AnyOf,
        ["vbiosVersions"] = RuleShape.AnyOf,
        ["driverRim"] = RuleShape.Flags("required", "expiredSigner"),
        ["vbiosRim"] = RuleShape.Flags("required", "expiredSigner"),
        ["revocation"] = RuleShape.Mixed("maximumAgeSeconds", "holdAccepted"),
        ["modes"] = RuleShape.AnyOf,
    });

    public static IReadOnlyList<SectionRules> All { get; } = [Tdx, Nitro, Azure, Gpu];

    private static string Pcr(int index) => "pcrs." + index.ToString(CultureInfo.InvariantCulture);

    private static RuleShape Unwaivable(RuleShape shape) => shape with { IsWaivable = false };
}
