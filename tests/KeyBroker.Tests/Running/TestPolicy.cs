using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.KeyBroker.Tests.Running;

/// <summary>Policies and their envelopes, written without the product's own signing code.</summary>
internal static class TestPolicy
{
    public const string PayloadType = "application/vnd.confidential-operator.trust-policy.v1+json";

    public static JsonObject Make(DateTimeOffset notAfter, long version = 1, string model = "triage-notes", string tenant = "clinic") => new()
    {
        ["format"] = "confidential-operator.dev/trust-policy/v1",
        ["model"] = model,
        ["tenant"] = tenant,
        ["policyVersion"] = version,
        ["notAfter"] = notAfter.ToUnixTimeSeconds(),
        ["resources"] = new JsonArray($"kbs:///{tenant}/{model}/v3", $"kbs:///{tenant}/callers/v1"),
        ["manifestDigests"] = new JsonArray(TestGuest.Manifest),
        ["minimumModelVersion"] = 3,
        ["initDataDigests"] = new JsonArray(TestGuest.Sha256(TestGuest.InitDataFor(tenant, model))),
        ["tee"] = new JsonObject { ["snp"] = Snp(TestGuest.Measurement) },
        ["approvals"] = new JsonObject { ["threshold"] = 0, ["keys"] = new JsonArray() },
    };

    public static JsonObject Snp(params string[] measurements) => new()
    {
        ["measurements"] = new JsonArray([.. measurements.Select(text => (JsonNode)text)]),
        ["minimumTcb"] = Waived(),
        ["minimumFirmware"] = Waived(),
        ["mitigations"] = Waived(),
        ["vmpl"] = new JsonArray(0),
        ["chips"] = Waived(),
        ["providers"] = Waived(),
        ["familyIds"] = Waived(),
        ["imageIds"] = Waived(),
        ["minimumGuestSvn"] = Waived(),
        ["platform"] = Waived(),
        ["idKeyDigests"] = Waived(),
        ["authorKeyDigests"] = Waived(),
        ["guestPolicy"] = Waived(),
        ["revocation"] = Waived(),
        ["development"] = true,
    };

    public static byte[] Sign(JsonObject policy, Owner owner, string type = PayloadType)
    {
        byte[] payload = Encoding.UTF8.GetBytes(policy.ToJsonString());
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {type.Length} {type} {payload.Length} ")), .. payload];
        byte[] signature = owner.Key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Encoding.UTF8.GetBytes(new JsonObject
        {
            ["payloadType"] = type,
            ["payload"] = Convert.ToBase64String(payload),
            ["signatures"] = new JsonArray(new JsonObject { ["keyid"] = owner.KeyId, ["sig"] = Convert.ToBase64String(signature) }),
        }.ToJsonString());
    }

    public static async Task<HttpResponseMessage> PutAsync(this RunningBroker broker, JsonObject policy, Owner? owner = null, string? path = null)
    {
        using HttpClient client = broker.Client();
        return await client.PutAsync(path ?? $"/v1/tenants/{policy["tenant"]}/policies/{policy["model"]}",
            new ByteArrayContent(Sign(policy, owner ?? broker.Owner)), TestContext.Current.CancellationToken);
    }

    public static JsonObject Policy(this RunningBroker broker, long version = 1, string model = "triage-notes") => Make(broker.Clock.GetUtcNow().AddDays(30), version, model);

    private static JsonObject Waived() => new() { ["waived"] = "the test's evidence has no such fact" };
}
