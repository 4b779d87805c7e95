using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.Protocol.Tests.Kbs;

/// <summary>The messages of the handshake, both ways and in both versions.</summary>
public sealed class KbsMessageTests
{
    [Theory]
    [InlineData("snp", TeeKind.Snp)]
    [InlineData("tdx", TeeKind.Tdx)]
    [InlineData("az-snp-vtpm", TeeKind.AzureSnp)]
    [InlineData("azsnpvtpm", TeeKind.AzureSnp)]
    [InlineData("az-tdx-vtpm", TeeKind.AzureTdx)]
    [InlineData("aztdxvtpm", TeeKind.AzureTdx)]
    [InlineData("sample", TeeKind.Sample)]
    [InlineData("SNP", TeeKind.Unknown)]
    public void ARequestIsRead(string tee, TeeKind kind)
    {
        byte[] body = Encoding.UTF8.GetBytes($$"""{"version":"0.4.0","tee":"{{tee}}","extra-params":"","future":1}""");
        Assert.True(KbsRequest.TryParse(body, out KbsRequest? request, out _));
        Assert.Equal(("0.4.0", kind, JsonValueKind.String), (request.Version, request.Tee, request.ExtraParameters.ValueKind));
    }

    [Fact]
    public void ARequestIsWritten()
    {
        byte[] body = KbsRequest.ToJson(TeeKind.Snp, new JsonObject { ["confidential-model"] = new JsonObject { ["tenant"] = "clinic" } });
        Assert.Equal("""{"extra-params":{"confidential-model":{"tenant":"clinic"}},"tee":"snp","version":"0.4.0"}""", Encoding.UTF8.GetString(body));
        Assert.True(KbsRequest.TryParse(body, out KbsRequest? request, out _));
        Assert.Equal("clinic", request.ExtraParameters.GetProperty("confidential-model").GetProperty("tenant").GetString());
    }

    [Theory]
    [InlineData("0.4.0", true)]
    [InlineData("0.2.0", true)]
    [InlineData("0.3.0", false)]
    [InlineData("0.4", false)]
    [InlineData("0.4.0 ", false)]
    public void VersionsAreComparedWhole(string version, bool spoken) => Assert.Equal(spoken, KbsVersion.IsSpoken(version));

    [Fact]
    public void AChallengeComesBack()
    {
        byte[] body = KbsChallenge.From(new byte[32]).ToJson();
        Assert.True(KbsChallenge.TryParse(body, out KbsChallenge? challenge, out _));
        Assert.Equal(Convert.ToBase64String(new byte[32]), challenge.Nonce);
        Assert.False(KbsChallenge.TryParse("""{"nonce":""}"""u8.ToArray(), out _, out _));
        Assert.False(KbsChallenge.TryParse("{}"u8.ToArray(), out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.MissingMember, refusal.Reason);
    }

    [Fact]
    public void AnAttestationComesBack()
    {
        using ECDiffieHellman key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var sent = new KbsAttestation
        {
            Nonce = "bm9uY2U=",
            TeeKey = TeePublicKey.From(key),
            Evidence = new ByteString("""{"report":[1,2]}"""u8),
            AdditionalEvidence = "[]",
            InitData = "version = \"0.1.0\"\n",
        };
        Assert.True(KbsAttestation.TryParse(sent.ToJson(), KbsVersion.Current, out KbsAttestation? read, out Refusal? refusal), refusal?.ToString());
        Assert.Equal((sent.Nonce, sent.AdditionalEvidence, sent.InitData, sent.Evidence), (read.Nonce, read.AdditionalEvidence, read.InitData, read.Evidence));
        Assert.Equal(sent.TeeKey.Sha256, read.TeeKey.Sha256);
    }

    [Fact]
    public void AnAttestationOfTheOlderVersionIsRead()
    {
        using ECDiffieHellman key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        string body = $$"""{"tee-pubkey":{{TeePublicKey.From(key).CanonicalJson}},"tee-evidence":[1] }""";
        Assert.True(KbsAttestation.TryParse(Encoding.UTF8.GetBytes(body), KbsVersion.Older, out KbsAttestation? read, out _));
        Assert.Null(read.Nonce);
        Assert.Null(read.InitData);
        Assert.False(KbsAttestation.TryParse(Encoding.UTF8.GetBytes(body), KbsVersion.Current, out _, out _));
    }

    [Theory]
    [InlineData("runtime-data", "runtime-data")]
    [InlineData("tee-evidence", "tee-evidence")]
    public void AnAttestationWithoutAPartIsRefused(string part, string path)
    {
        using ECDiffieHellman key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        JsonObject body = JsonNode.Parse(new KbsAttestation { Nonce = "n", TeeKey = TeePublicKey.From(key), Evidence = new ByteString("{}"u8) }.ToJson())!.AsObject();
        body.Remove(part);
        Assert.False(KbsAttestation.TryParse(Encoding.UTF8.GetBytes(body.ToJsonString()), KbsVersion.Current, out _, out Refusal? refusal));
        Assert.Contains($"'{path}'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("crv", "P-384")]
    [InlineData("crv", "secp256k1")]
    [InlineData("alg", "ECDH-ES")]
    [InlineData("kty", "OKP")]
    [InlineData("x", "AAAA")]
    [InlineData("x", "WKn-ZIGevcwGIyyrzFoZNBdaq9_TsqzGl96oc0CWuiw")]
    [InlineData("x", "!!!!")]
    public void AKeyThatNothingMayBeSealedToIsRefused(string member, string value)
    {
        JsonObject jwk = JsonNode.Parse("""{"kty":"EC","crv":"P-256","alg":"ECDH-ES+A256KW","x":"WKn-ZIGevcwGIyyrzFoZNBdaq9_TsqzGl96oc0CWuis","y":"y77t-RvAHRKTsSGdIYUfweuOvwrvDD-Q3Hv5J0fSKbE"}""")!.AsObject();
        Assert.True(TeePublicKey.TryParse(Encoding.UTF8.GetBytes(jwk.ToJsonString()), out _, out _));
        jwk[member] = value;
        Assert.False(TeePublicKey.TryParse(Encoding.UTF8.GetBytes(jwk.ToJsonString()), out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.TeeKeyNotSupported, refusal.Reason);
    }

    [Theory]
    [InlineData("kbs:///clinic/triage-notes/v3", true)]
    [InlineData("kbs:///a/b.c/d_e", true)]
    [InlineData("kbs:///clinic/triage-notes", false)]
    [InlineData("kbs:///clinic/triage-notes/v3/x", false)]
    [InlineData("kbs:///../b/c", false)]
    [InlineData("kbs:///a//c", false)]
    [InlineData("kbs:///a/.b/c", false)]
    [InlineData("kbs:///a/b/c d", false)]
    [InlineData("kbs:///a/b/%2e%2e", false)]
    [InlineData("kbs://host/a/b/c", false)]
    [InlineData("KBS:///a/b/c", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void AResourceNameHasThreeParts(string? text, bool good)
    {
        Assert.Equal(good, KbsResourceUri.TryParse(text, out KbsResourceUri? uri));
        Assert.Equal(good ? text : null, uri?.ToString());
    }

    [Fact]
    public void AProblemComesBack()
    {
        var sent = new Problem(403, new Refusal(RefusalReason.MeasurementNotAccepted, "The measurement is another."));
        Assert.True(Problem.TryParse(sent.ToJson(), out Problem? read, out _));
        Assert.Equal(sent, read);
        Assert.True(Problem.TryParse("""{"status":500,"reason":"Invented","detail":"d","instance":"/x"}"""u8.ToArray(), out read, out _));
        Assert.Equal(RefusalReason.InternalError, read.Refusal.Reason);
        Assert.True(Problem.TryParse("""{"status":500,"reason":"310","detail":"d"}"""u8.ToArray(), out read, out _));
        Assert.Equal(RefusalReason.InternalError, read.Refusal.Reason);
    }
}
