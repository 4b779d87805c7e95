using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>The rules for GPUs and NVSwitches as JSON.</summary>
internal static class GpuPolicyJson
{
    private const int MostVersions = 256;
    private const int LongestVersion = 64;

    private static readonly Dictionary<string, GpuMode> s_modes = new(StringComparer.Ordinal)
    {
        ["spt"] = GpuMode.SinglePassthrough,
        ["mpt"] = GpuMode.MultiPassthrough,
        ["ppcie"] = GpuMode.ProtectedPcie,
    };

    public static GpuPolicy Read(StrictObject given) => new()
    {
        Count = ReadCount(given.Child("count")),
        Architectures = ReadNames(given, "architectures", NvidiaNames.Parse, NvidiaArchitecture.Unknown),
        DriverVersions = ExpectationJson.Read(given, "driverVersions", ReadVersions),
        VbiosVersions = ExpectationJson.Read(given, "vbiosVersions", ReadVersions),
        DriverRim = ExpectationJson.Read(given, "driverRim", ReadRim),
        VbiosRim = ExpectationJson.Read(given, "vbiosRim", ReadRim),
        Revocation = ExpectationJson.Read(given, "revocation",
            rule => new GpuRevocation(rule.Number("maximumAgeSeconds", 1, GpuRevocation.Greatest), rule.Flag("holdAccepted"))),
        Modes = ExpectationJson.Read(given, "modes", rule => (IReadOnlyList<GpuMode>)ReadNames(rule, "anyOf", name => s_modes.GetValueOrDefault(name), default)),
        Development = given.Flag("development"),
    };

    public static JsonObject Write(GpuPolicy policy) => new()
    {
        ["count"] = new JsonObject { ["gpus"] = policy.Count.Gpus, ["switches"] = policy.Count.Switches },
        ["architectures"] = TrustPolicyJson.Texts(policy.Architectures.Select(architecture => architecture.ToWire())),
        ["driverVersions"] = ExpectationJson.Write(policy.DriverVersions, WriteAnyOf),
        ["vbiosVersions"] = ExpectationJson.Write(policy.VbiosVersions, WriteAnyOf),
        ["driverRim"] = ExpectationJson.Write(policy.DriverRim, WriteRim),
        ["vbiosRim"] = ExpectationJson.Write(policy.VbiosRim, WriteRim),
        ["revocation"] = ExpectationJson.Write(policy.Revocation,
            rule => new JsonObject { ["maximumAgeSeconds"] = rule.MaximumAgeSeconds, ["holdAccepted"] = rule.HoldAccepted }),
        ["modes"] = ExpectationJson.Write(policy.Modes, modes => WriteAnyOf([.. modes.Select(mode => s_modes.First(entry => entry.Value == mode).Key)])),
        ["development"] = policy.Development,
    };

    private static GpuCount ReadCount(StrictObject given)
    {
        var count = new GpuCount((int)given.Number("gpus", 0, NvidiaDeviceEvidence.MostDevices), (int)given.Number("switches", 0, NvidiaDeviceEvidence.MostDevices));
        if (count.Gpus + count.Switches is 0 or > NvidiaDeviceEvidence.MostDevices)
        {
            given.Fail("", $"must be 1 to {NvidiaDeviceEvidence.MostDevices} devices in all");
        }

        return count;
    }

    private static IReadOnlyList<string> ReadVersions(StrictObject rule)
    {
        IReadOnlyList<string> versions = rule.Texts("anyOf", MostVersions, LongestVersion);
        if (versions.Count == 0 || versions.Any(string.IsNullOrWhiteSpace))
        {
            rule.Fail("anyOf", "needs at least one version, none of them empty");
        }

        return versions;
    }

    private static T[] ReadNames<T>(StrictObject given, string member, Func<string, T> parse, T unknown)
    {
        T[] values = [.. given.Texts(member, MostVersions, LongestVersion).Select(parse)];
        if (values.Length == 0 || Array.IndexOf(values, unknown) >= 0)
        {
            given.Fail(member, "needs at least one name, and only known ones");
        }

        return values;
    }

    private static GpuReferenceValues ReadRim(StrictObject rule)
    {
        if (!rule.Flag("required"))
        {
            rule.Fail("required", "must be true; reference values that are not required are waived with a reason");
        }

        return new GpuReferenceValues(rule.Flag("expiredSigner"));
    }

    private static JsonObject WriteRim(GpuReferenceValues rule) => new() { ["required"] = true, ["expiredSigner"] = rule.ExpiredSigner };

    private static JsonObject WriteAnyOf(IReadOnlyList<string> texts) => new() { ["anyOf"] = TrustPolicyJson.Texts(texts) };
}
