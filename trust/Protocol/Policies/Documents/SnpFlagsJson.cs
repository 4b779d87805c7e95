using System.Globalization;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>The demands on flags as JSON, both ways. Each flag is there: what may be and what must be is said, not left open.</summary>
internal static class SnpFlagsJson
{
    private const string SmtAllowed = "smtAllowed";
    private const string SingleSocketRequired = "singleSocketRequired";
    private const string CxlAllowed = "cxlAllowed";
    private const string Aes256XtsRequired = "aes256XtsRequired";
    private const string RaplDisabledRequired = "raplDisabledRequired";
    private const string CiphertextHidingRequired = "ciphertextHidingRequired";
    private const string PageSwapDisabledRequired = "pageSwapDisabledRequired";
    private const string MinimumAbi = "minimumAbi";
    private const string TsmeRequired = "tsmeRequired";
    private const string EccRequired = "eccRequired";
    private const string AliasCheckRequired = "aliasCheckRequired";
    private const string IommuWriteSafeRequired = "iommuWriteSafeRequired";
    private const string TioAllowed = "tioAllowed";
    private const string UnknownFlagsAllowed = "unknownFlagsAllowed";

    public static SnpGuestPolicy ReadGuestPolicy(StrictObject rule)
    {
        string[] abi = rule.Has(MinimumAbi) ? rule.Text(MinimumAbi, 7).Split('.') : ["0", "0"];
        byte minor = 0;
        if (abi.Length != 2 || !TryNumber(abi[0], out byte major) || !TryNumber(abi[1], out minor))
        {
            rule.Fail(MinimumAbi, "must be two numbers with a point");
            major = 0;
        }

        return new SnpGuestPolicy
        {
            SmtAllowed = rule.Flag(SmtAllowed),
            SingleSocketRequired = rule.Flag(SingleSocketRequired),
            CxlAllowed = rule.Flag(CxlAllowed),
            Aes256XtsRequired = rule.Flag(Aes256XtsRequired),
            RaplDisabledRequired = rule.Flag(RaplDisabledRequired),
            CiphertextHidingRequired = rule.Flag(CiphertextHidingRequired),
            PageSwapDisabledRequired = rule.Flag(PageSwapDisabledRequired),
            MinimumAbiMajor = major,
            MinimumAbiMinor = minor,
        };
    }

    public static JsonObject WriteGuestPolicy(SnpGuestPolicy policy)
    {
        var rule = new JsonObject
        {
            [SmtAllowed] = policy.SmtAllowed,
            [SingleSocketRequired] = policy.SingleSocketRequired,
            [CxlAllowed] = policy.CxlAllowed,
            [Aes256XtsRequired] = policy.Aes256XtsRequired,
            [RaplDisabledRequired] = policy.RaplDisabledRequired,
            [CiphertextHidingRequired] = policy.CiphertextHidingRequired,
            [PageSwapDisabledRequired] = policy.PageSwapDisabledRequired,
        };
        if (policy.MinimumAbiMajor > 0 || policy.MinimumAbiMinor > 0)
        {
            rule[MinimumAbi] = $"{policy.MinimumAbiMajor}.{policy.MinimumAbiMinor}";
        }

        return rule;
    }

    public static SnpPlatformPolicy ReadPlatform(StrictObject rule) => new()
    {
        SmtAllowed = rule.Flag(SmtAllowed),
        TsmeRequired = rule.Flag(TsmeRequired),
        EccRequired = rule.Flag(EccRequired),
        RaplDisabledRequired = rule.Flag(RaplDisabledRequired),
        CiphertextHidingRequired = rule.Flag(CiphertextHidingRequired),
        AliasCheckRequired = rule.Flag(AliasCheckRequired),
        IommuWriteSafeRequired = rule.Flag(IommuWriteSafeRequired),
        TioAllowed = rule.Flag(TioAllowed),
        UnknownFlagsAllowed = rule.Flag(UnknownFlagsAllowed),
    };

    public static JsonObject WritePlatform(SnpPlatformPolicy policy) => new()
    {
        [SmtAllowed] = policy.SmtAllowed,
        [TsmeRequired] = policy.TsmeRequired,
        [EccRequired] = policy.EccRequired,
        [RaplDisabledRequired] = policy.RaplDisabledRequired,
        [CiphertextHidingRequired] = policy.CiphertextHidingRequired,
        [AliasCheckRequired] = policy.AliasCheckRequired,
        [IommuWriteSafeRequired] = policy.IommuWriteSafeRequired,
        [TioAllowed] = policy.TioAllowed,
        [UnknownFlagsAllowed] = policy.UnknownFlagsAllowed,
    };

    private static bool TryNumber(string text, out byte number) => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
