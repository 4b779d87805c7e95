using System.Buffers.Binary;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Cli.Verbs.Policies;

/// <summary>Reads the demands on flags. What is not named is not demanded, or not allowed; the policy that is written says each of them.</summary>
internal static class SnpFlagsText
{
    public const string GuestPolicyHelp = "The launch policy: smt=true|false,single-socket=true|false and, if wanted, cxl (allowed), aes-256-xts, rapl-disabled, ciphertext-hiding, "
        + "page-swap-disabled (demanded), each =true|false, and abi=1.55. Default of those: false.";

    public const string PlatformHelp = "The machine: smt=true|false (allowed) and, if wanted, tsme, ecc, rapl-disabled, ciphertext-hiding, alias-check, iommu-write-safe (demanded), "
        + "tio, unknown-flags (allowed), each =true|false. Default of those: false.";

    private const string GuestPolicy = "--guest-policy";
    private const string Platform = "--platform";
    private const string Mitigations = "--mitigations";

    public static SnpGuestPolicy? ReadGuestPolicy(string? text)
    {
        if (text is null)
        {
            return null;
        }

        Dictionary<string, string> parts = SnpTcbText.Parts(text, '=', GuestPolicy);
        bool hasAbi = parts.Remove("abi", out string? abi);
        if (!Version.TryParse(hasAbi ? abi : "0.0", out Version? least) || least.Major > byte.MaxValue || least.Minor > byte.MaxValue)
        {
            throw Refused(GuestPolicy, text, "abi=1.55");
        }

        var policy = new SnpGuestPolicy
        {
            SmtAllowed = Flag(parts, "smt", GuestPolicy, text, isNeeded: true),
            SingleSocketRequired = Flag(parts, "single-socket", GuestPolicy, text, isNeeded: true),
            CxlAllowed = Flag(parts, "cxl", GuestPolicy, text),
            Aes256XtsRequired = Flag(parts, "aes-256-xts", GuestPolicy, text),
            RaplDisabledRequired = Flag(parts, "rapl-disabled", GuestPolicy, text),
            CiphertextHidingRequired = Flag(parts, "ciphertext-hiding", GuestPolicy, text),
            PageSwapDisabledRequired = Flag(parts, "page-swap-disabled", GuestPolicy, text),
            MinimumAbiMajor = least.Major,
            MinimumAbiMinor = least.Minor,
        };
        return parts.Count == 0 ? policy : throw Refused(GuestPolicy, text, $"known parts; '{parts.Keys.First()}' is none");
    }

    public static SnpPlatformPolicy? ReadPlatform(string? text)
    {
        if (text is null)
        {
            return null;
        }

        Dictionary<string, string> parts = SnpTcbText.Parts(text, '=', Platform);
        var policy = new SnpPlatformPolicy
        {
            SmtAllowed = Flag(parts, "smt", Platform, text, isNeeded: true),
            TsmeRequired = Flag(parts, "tsme", Platform, text),
            EccRequired = Flag(parts, "ecc", Platform, text),
            RaplDisabledRequired = Flag(parts, "rapl-disabled", Platform, text),
            CiphertextHidingRequired = Flag(parts, "ciphertext-hiding", Platform, text),
            AliasCheckRequired = Flag(parts, "alias-check", Platform, text),
            IommuWriteSafeRequired = Flag(parts, "iommu-write-safe", Platform, text),
            TioAllowed = Flag(parts, "tio", Platform, text),
            UnknownFlagsAllowed = Flag(parts, "unknown-flags", Platform, text),
        };
        return parts.Count == 0 ? policy : throw Refused(Platform, text, $"known parts; '{parts.Keys.First()}' is none");
    }

    public static SnpMitigations? ReadMitigations(string? text)
    {
        if (text is null)
        {
            return null;
        }

        Dictionary<string, string> parts = SnpTcbText.Parts(text, '=', Mitigations);
        ulong Bits(string name) => parts.Remove(name, out string? hex) && ByteString.TryFromHex(hex, sizeof(ulong), out ByteString? bits)
            ? BinaryPrimitives.ReadUInt64BigEndian(bits.Span) : throw Refused(Mitigations, text, "launch and current with 16 hex digits each");
        var mitigations = new SnpMitigations(Bits("launch"), Bits("current"));
        return parts.Count == 0 ? mitigations : throw Refused(Mitigations, text, "launch and current only");
    }

    private static bool Flag(Dictionary<string, string> parts, string name, string option, string text, bool isNeeded = false) =>
        parts.Remove(name, out string? value)
            ? bool.TryParse(value, out bool flag) ? flag : throw Refused(option, text, $"{name}=true or {name}=false")
            : isNeeded ? throw Refused(option, text, $"{name}=true or {name}=false among its parts") : false;

    private static CommandRefusedException Refused(string option, string text, string expected) =>
        new(RefusalReason.PolicyInvalid, $"{option} '{text}' must have {expected}.");
}
