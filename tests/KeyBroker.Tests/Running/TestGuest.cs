using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.KeyBroker.Tests.Running;

/// <summary>
/// A guest of the Key Broker Service protocol, written from the protocol's description and not with the product's code: its own canonical
/// JSON, report data and JWE opening.
/// </summary>
internal sealed class TestGuest : IDisposable
{
    public const string Manifest = "sha256:" + "0101010101010101010101010101010101010101010101010101010101010101";
    public static readonly string Measurement = Digest("aa11");
    private readonly HttpClient _client;

    private readonly CookieContainer _cookies = new();

    public TestGuest(RunningBroker broker)
    {
        _client = broker.Client(cookies: _cookies);
        InitData = InitDataFor("clinic", "triage-notes");
    }

    public string Version { get; init; } = "0.4.0";

    public string Tee { get; init; } = "snp";

    public JsonNode? ExtraParams { get; init; } = JsonNode.Parse("""{"confidential-model":{"tenant":"clinic","model":"triage-notes","replica":"pod/uid-1"}}""");

    public ECDiffieHellman Key { get; init; } = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Replaces the text of the guest's JWK.</summary>
    public string? JwkText { get; init; }

    public string? InitData { get; set; }

    /// <summary>Changes the evidence before it is sent.</summary>
    public Func<TestEvidence, TestEvidence> Evidence { get; init; } = evidence => evidence;

    public string Nonce { get; set; } = "";

    public string Token { get; private set; } = "";

    public HttpClient Client => _client;

    public static string InitDataFor(string tenant, string model, string manifest = Manifest, params string[] resources)
    {
        string list = string.Join(",", (resources.Length > 0 ? resources : ["kbs:///clinic/triage-notes/v3"]).Select(resource => $"\"{resource}\""));
        return $$"""
            algorithm = "sha256"
            version = "0.1.0"

            [data]
            "aa.toml" = '''
            [token_configs.kbs]
            '''
            "model.json" = '''{"access":"keys","format":"confidential-operator.dev/model-binding/v1","manifestDigest":"{{manifest}}","model":"{{model}}","resources":[{{list}}],"tenant":"{{tenant}}"}'''

            """.ReplaceLineEndings("\n");
    }

    public string SessionCookie(Uri address) => _cookies.GetCookies(new Uri(address, "/kbs/v0/attest"))["kbs-session-id"]!.Value;

    /// <summary>A launch measurement that begins, and goes on, with these digits.</summary>
    public static string Digest(string digits) => string.Concat(Enumerable.Repeat(digits, 96 / digits.Length));

    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public async Task<HttpResponseMessage> AuthAsync()
    {
        HttpResponseMessage response = await _client.PostAsJsonAsync("/kbs/v0/auth",
            new JsonObject { ["version"] = Version, ["tee"] = Tee, ["extra-params"] = ExtraParams?.DeepClone() }, TestContext.Current.CancellationToken);
        if (response.IsSuccessStatusCode)
        {
            Nonce = (await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["nonce"]!.GetValue<string>();
        }

        return response;
    }

    public async Task<HttpResponseMessage> AttestAsync(Action<JsonObject>? change = null)
    {
        JsonObject body = Attestation();
        change?.Invoke(body);
        HttpResponseMessage response = await _client.PostAsJsonAsync("/kbs/v0/attest", body, TestContext.Current.CancellationToken);
        if (response.IsSuccessStatusCode)
        {
            Token = (await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["token"]!.GetValue<string>();
        }

        return response;
    }

    public Task<HttpResponseMessage> ResourceAsync(string path = "clinic/triage-notes/v3") =>
        _client.GetAsync("/kbs/v0/resource/" + path, TestContext.Current.CancellationToken);

    public async Task HandshakeAsync()
    {
        await (await AuthAsync()).AssertTextAsync();
        await (await AttestAsync()).AssertTextAsync();
    }

    public JsonObject Attestation()
    {
        string jwk = JwkText ?? Jwk();
        string hashed = Version == "0.2.0"
            ? $$"""{"nonce":"{{Nonce}}","tee-pubkey":{{jwk}}}"""
            : $$"""{"additional-evidence":"","nonce":"{{Nonce}}","tee-pubkey":{{jwk}}}""";
        byte[] reportData = new byte[64];
        SHA384.HashData(Encoding.UTF8.GetBytes(hashed), reportData);
        string hostData = InitData is null ? Sha256(InitDataFor("clinic", "triage-notes")) : Sha256(InitData);
        JsonNode evidence = Evidence(new TestEvidence(true, reportData, Measurement, hostData)).ToJson();
        return Version == "0.2.0"
            ? new JsonObject { ["tee-pubkey"] = JsonNode.Parse(jwk), ["tee-evidence"] = evidence }
            : new JsonObject
            {
                ["init-data"] = InitData is null ? null : new JsonObject { ["format"] = "toml", ["body"] = InitData },
                ["runtime-data"] = new JsonObject { ["nonce"] = Nonce, ["tee-pubkey"] = JsonNode.Parse(jwk) },
                ["tee-evidence"] = new JsonObject { ["primary_evidence"] = evidence, ["additional_evidence"] = "" },
            };
    }

    /// <summary>Opens a flattened JWE with the guest's key.</summary>
    public byte[] Open(string jwe) => JweReader.Open(jwe, Key);

    public void Dispose() => _client.Dispose();

    private string Jwk()
    {
        ECParameters parameters = Key.ExportParameters(false);
        string curve = parameters.Q.X!.Length == 32 ? "P-256" : "P-521";
        return $$"""{"alg":"ECDH-ES+A256KW","crv":"{{curve}}","kty":"EC","x":"{{Base64Url.EncodeToString(parameters.Q.X)}}","y":"{{Base64Url.EncodeToString(parameters.Q.Y)}}"}""";
    }
}
