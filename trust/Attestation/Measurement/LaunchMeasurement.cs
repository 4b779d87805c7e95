using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Measurement;

/// <summary>What a launch must measure, and everything that it was computed from.</summary>
/// <param name="Tee">Whose measurement it is.</param>
/// <param name="Values">The digests by the names that evidence gives them: <c>measurement</c>, <c>mrtd</c>, <c>rtmr1</c>, <c>pcr0</c>.</param>
/// <param name="Inputs">The bytes that went in, each with its hash.</param>
/// <param name="Settings">The numbers and words that went in.</param>
public sealed record LaunchMeasurement(
    TeeKind Tee, IReadOnlyDictionary<string, ByteString> Values, IReadOnlyList<MeasuredInput> Inputs, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>The value of <c>kind</c> in the JSON form.</summary>
    public const string JsonKind = "launch-measurement";

    /// <summary>Returns the JSON form, which <c>cfm policy create</c> reads.</summary>
    public JsonObject ToJson() => new()
    {
        ["kind"] = JsonKind,
        ["tee"] = Tee.ToWire(),
        ["values"] = new JsonObject(Values.Select(value => KeyValuePair.Create(value.Key, (JsonNode?)value.Value.ToString()))),
        ["settings"] = new JsonObject(Settings.Select(setting => KeyValuePair.Create(setting.Key, (JsonNode?)setting.Value))),
        ["inputs"] = new JsonArray([.. Inputs.Select(input =>
            (JsonNode)new JsonObject { ["name"] = input.Name, ["length"] = input.Length, ["sha256"] = input.Sha256.ToString() })]),
    };
}
