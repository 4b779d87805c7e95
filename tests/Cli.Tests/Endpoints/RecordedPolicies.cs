using System.Text.Json.Nodes;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Tests.Endpoints;

/// <summary>Policies for evidence that was recorded: what identifies the guest is demanded as the evidence says it, and whatever can be waived is waived.</summary>
internal static class RecordedPolicies
{
    private static readonly JsonObject s_waived = new() { ["waived"] = "recorded evidence" };

    /// <summary>Returns a policy with no rules for this kind.</summary>
    public static string Without(string kind) => Write(kind == "snp" ? "sample" : "snp", kind == "snp" ? new JsonObject { ["development"] = true } : SnpSection(new string('0', 96), 0), new string('0', 64));

    /// <summary>Returns a policy that accepts this evidence.</summary>
    public static string For(string kind, JsonNode evidence) => Write(kind, kind switch
    {
        "snp" => SnpSection(evidence["measurement"]!.GetValue<string>(), evidence["vmpl"]!.GetValue<int>()),
        "nitro" => NitroSection(evidence["pcrs"]!.AsObject()),
        "tdx" => TdxSection(evidence),
        "az-snp-vtpm" => AzureSection("snp", SnpSection(evidence["measurement"]!.GetValue<string>(), evidence["vmpl"]!.GetValue<int>()), evidence),
        "az-tdx-vtpm" => AzureSection("tdx", TdxSection(evidence), evidence),
        _ => new JsonObject { ["development"] = true },
    }, evidence["initDataDigest"]?.GetValue<string>() ?? evidence["mrConfigId"]?.GetValue<string>()[..64] ?? new string('0', 64));

    private static JsonObject SnpSection(string measurement, int level)
    {
        JsonObject snp = Sample()["tee"]!["snp"]!.DeepClone().AsObject();
        foreach (string name in snp.Where(member => member.Value is JsonObject).Select(member => member.Key).ToArray())
        {
            snp[name] = s_waived.DeepClone();
        }

        snp["measurements"] = new JsonArray(measurement);
        snp["vmpl"] = new JsonArray(level);
        snp["development"] = false;
        return snp;
    }

    /// <summary>Returns a policy for one GPU of this architecture, with no guest in it.</summary>
    public static string ForDevice(string architecture)
    {
        JsonObject policy = JsonNode.Parse(Without("snp"))!.AsObject();
        var gpu = new JsonObject { ["count"] = new JsonObject { ["gpus"] = 1, ["switches"] = 0 }, ["architectures"] = new JsonArray(architecture), ["development"] = false };
        foreach (string name in (string[])["driverVersions", "vbiosVersions", "driverRim", "vbiosRim", "revocation", "modes"])
        {
            gpu[name] = s_waived.DeepClone();
        }

        policy["gpu"] = gpu;
        return policy.ToJsonString();
    }

    private static JsonObject TdxSection(JsonNode found)
    {
        string[] waived = ["rtmr0", "rtmr1", "rtmr2", "rtmr3", "mrSeam", "mrOwner", "mrOwnerConfig", "mrServiceTd", "attributes", "xfam", "advisories",
            "minimumTcbEvaluationDataNumber", "collateralAge", "platformInstances", "eventLog"];
        var tdx = new JsonObject(waived.Select(name => KeyValuePair.Create(name, (JsonNode?)s_waived.DeepClone())))
        {
            ["mrTd"] = new JsonArray(found["mrTd"]!.GetValue<string>()),
            ["tcbStatuses"] = new JsonArray("UpToDate"),
            ["development"] = false,
        };
        return tdx;
    }

    private static JsonObject AzureSection(string hardware, JsonObject section, JsonNode found) => new()
    {
        ["pcrs"] = new JsonObject { ["4"] = new JsonObject { ["anyOf"] = new JsonArray(found["pcrs"]!["4"]!.GetValue<string>()) }, ["others"] = s_waived.DeepClone() },
        [hardware] = section,
    };

    private static JsonObject NitroSection(JsonObject found)
    {
        var pcrs = new JsonObject();
        for (int at = 0; at <= 8; at++)
        {
            pcrs[$"{at}"] = found[$"{at}"] is { } value ? new JsonObject { ["anyOf"] = new JsonArray(value.GetValue<string>()) } : s_waived.DeepClone();
        }

        return new JsonObject { ["pcrs"] = pcrs, ["maximumAge"] = s_waived.DeepClone(), ["initData"] = s_waived.DeepClone(), ["development"] = false };
    }

    private static string Write(string kind, JsonObject section, string initData)
    {
        JsonObject policy = Sample();
        policy["initDataDigests"] = new JsonArray(initData);
        policy["tee"] = new JsonObject { [kind] = section };
        return policy.ToJsonString();
    }

    private static JsonObject Sample() =>
        JsonNode.Parse(SamplePolicy.Make(new(2060, 1, 1, 0, 0, 0, TimeSpan.Zero), ByteString.Sha256("initdata"u8), ByteString.Sha256("manifest"u8)).ToJson())!.AsObject();
}
