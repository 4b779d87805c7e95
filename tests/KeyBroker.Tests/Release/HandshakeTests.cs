using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.KeyBroker.Tests.Running;

namespace ConfidentialOperator.KeyBroker.Tests.Release;

public sealed class HandshakeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0.4.0", "P-256")]
    [InlineData("0.4.0", "P-521")]
    [InlineData("0.2.0", "P-256")]
    public async Task AnAttestedGuestGetsTheKeyForItselfAlone(string version, string curve)
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker)
        {
            Version = version,
            Key = ECDiffieHellman.Create(curve == "P-256" ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP521),
        };
        await guest.HandshakeAsync();
        HttpResponseMessage response = await guest.ResourceAsync();
        string jwe = await response.AssertTextAsync();
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Ready.Key, guest.Open(jwe));
        Assert.Matches("^[0-9a-f]{64}$", Assert.Single(response.Headers.GetValues("Confidential-Policy")));
        Assert.Equal(["protected", "encrypted_key", "iv", "ciphertext", "tag"], JsonNode.Parse(jwe)!.AsObject().Select(member => member.Key));
        string header = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(JsonNode.Parse(jwe)!["protected"]!.GetValue<string>()));
        Assert.StartsWith($$"""{"alg":"ECDH-ES+A256KW","enc":"A256GCM","epk":{"crv":"{{curve}}","kty":"EC","x":""", header, StringComparison.Ordinal);
        Assert.NotEqual(jwe, await (await guest.ResourceAsync()).AssertTextAsync());
        using var other = new TestGuest(broker);
        Assert.ThrowsAny<Exception>(() => other.Open(jwe));
    }

    [Fact]
    public async Task AnRsaGuestGetsTheKey()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using RSA rsa = RSA.Create(2048);
        RSAParameters key = rsa.ExportParameters(false);
        string jwk = $$"""{"alg":"RSA-OAEP-256","e":"{{Base64Url.EncodeToString(key.Exponent)}}","kty":"RSA","n":"{{Base64Url.EncodeToString(key.Modulus)}}"}""";
        using var guest = new TestGuest(broker) { JwkText = jwk };
        await guest.HandshakeAsync();
        JsonNode jwe = JsonNode.Parse(await (await guest.ResourceAsync()).AssertTextAsync())!;
        byte[] Part(string name) => Base64Url.DecodeFromChars(jwe[name]!.GetValue<string>());
        byte[] plaintext = new byte[Ready.Key.Length];
        using var cipher = new AesGcm(rsa.Decrypt(Part("encrypted_key"), RSAEncryptionPadding.OaepSHA256), 16);
        cipher.Decrypt(Part("iv"), Part("ciphertext"), Part("tag"), plaintext, Encoding.ASCII.GetBytes(jwe["protected"]!.GetValue<string>()));
        Assert.Equal(Ready.Key, plaintext);
    }

    [Fact]
    public async Task TheChallengeAndItsCookieAreAsGuestsExpectThem()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker) { ExtraParams = JsonNode.Parse("""{"supported-hash-algorithms":["sha256","sha384"]}""") };
        HttpResponseMessage response = await guest.AuthAsync();
        JsonNode challenge = JsonNode.Parse(await response.AssertTextAsync())!;
        Assert.Equal("", challenge["extra-params"]!.GetValue<string>());
        Assert.Equal(44, guest.Nonce.Length);
        Assert.Equal(32, Convert.FromBase64String(guest.Nonce).Length);
        string cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.Matches("^kbs-session-id=[0-9a-f]{32}; expires=", cookie);
        Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\\u002B", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.1.0")]
    [InlineData("0.1.1")]
    [InlineData("0.3.0")]
    [InlineData("0.4.1")]
    [InlineData("1.0.0")]
    [InlineData("")]
    public async Task AnotherVersionIsRefusedBeforeASessionOpens(string version)
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker) { Version = version };
        HttpResponseMessage response = await guest.AuthAsync();
        await response.AssertProblemAsync(HttpStatusCode.BadRequest, "ProtocolVersionNotSupported");
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("sample")]
    [InlineData("SNP")]
    [InlineData("sgx")]
    [InlineData("")]
    public async Task AnotherTeeIsRefusedBeforeASessionOpens(string tee)
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker) { Tee = tee };
        await (await guest.AuthAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "EvidenceKindNotAccepted");
    }

    [Theory]
    [InlineData("", "Malformed")]
    [InlineData("{", "Malformed")]
    [InlineData("[]", "Malformed")]
    [InlineData("""{"version":"0.4.0"}""", "MissingMember")]
    [InlineData("""{"version":4,"tee":"snp"}""", "Malformed")]
    [InlineData("""{"version":"0.4.0","version":"0.2.0","tee":"snp"}""", "DuplicateMember")]
    public async Task ARequestThatCannotBeReadIsRefused(string body, string reason)
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using HttpClient client = broker.Client();
        await (await client.PostAsync("/kbs/v0/auth", new StringContent(body), Token)).AssertProblemAsync(HttpStatusCode.BadRequest, reason);
    }

    [Fact]
    public async Task ANonceIsAnsweredOnceWhateverTheAnswerWas()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        await (await guest.AttestAsync()).AssertProblemAsync(HttpStatusCode.Unauthorized, "NonceMismatch");
        await (await guest.ResourceAsync()).AssertTextAsync();
        using var broken = new TestGuest(broker);
        await (await broken.AuthAsync()).AssertTextAsync();
        await (await broken.AttestAsync(body => body.Remove("runtime-data"))).AssertProblemAsync(HttpStatusCode.BadRequest, "MissingMember");
        await (await broken.AttestAsync()).AssertProblemAsync(HttpStatusCode.Unauthorized, "NonceMismatch");
        await (await broken.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Unauthorized, "SessionExpired");
    }

    [Fact]
    public async Task EvidenceOfAnotherSessionIsRefused()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var victim = new TestGuest(broker);
        await (await victim.AuthAsync()).AssertTextAsync();
        JsonObject recorded = victim.Attestation();
        using var thief = new TestGuest(broker);
        await (await thief.AuthAsync()).AssertTextAsync();
        await (await thief.AttestAsync(body =>
        {
            foreach (string name in new[] { "runtime-data", "tee-evidence" })
            {
                body[name] = recorded[name]!.DeepClone();
            }
        })).AssertProblemAsync(HttpStatusCode.Unauthorized, "NonceMismatch");
        using var second = new TestGuest(broker);
        await (await second.AuthAsync()).AssertTextAsync();
        await (await second.AttestAsync(body => body["tee-evidence"] = recorded["tee-evidence"]!.DeepClone()))
            .AssertProblemAsync(HttpStatusCode.Forbidden, "ReportDataMismatch");
    }

    [Fact]
    public async Task AnotherPublicKeyThanTheReportsIsRefused()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var thief = new TestGuest(broker);
        using var honest = new TestGuest(broker);
        await (await honest.AuthAsync()).AssertTextAsync();
        await (await honest.AttestAsync(body => body["runtime-data"]!["tee-pubkey"] = thief.Attestation()["runtime-data"]!["tee-pubkey"]!.DeepClone()))
            .AssertProblemAsync(HttpStatusCode.Forbidden, "ReportDataMismatch");
    }

    [Theory]
    [InlineData("""{"kty":"EC","crv":"P-384","alg":"ECDH-ES+A256KW","x":"AA","y":"AA"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","alg":"ECDH-ES","x":"AA","y":"AA"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","alg":"ECDH-ES+A256KW","x":"WKn-ZIGevcwGIyyrzFoZNBdaq9_TsqzGl96oc0CWuis","y":"WKn-ZIGevcwGIyyrzFoZNBdaq9_TsqzGl96oc0CWuis"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","alg":"ECDH-ES+A256KW","x":"AA","y":"y77t-RvAHRKTsSGdIYUfweuOvwrvDD-Q3Hv5J0fSKbE"}""")]
    [InlineData("""{"kty":"RSA","alg":"RSA1_5","n":"AQAB","e":"AQAB"}""")]
    [InlineData("""{"kty":"RSA","alg":"RSA-OAEP-256","n":"AQAB","e":"AQAB"}""")]
    public async Task APublicKeyThatNothingMayBeSealedToIsRefused(string jwk)
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker) { JwkText = jwk };
        await (await guest.AuthAsync()).AssertTextAsync();
        await (await guest.AttestAsync()).AssertProblemAsync(HttpStatusCode.BadRequest, "TeeKeyNotSupported");
    }

    [Fact]
    public async Task WithoutASessionNothingIsAnswered()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker);
        await (await guest.AttestAsync()).AssertProblemAsync(HttpStatusCode.Unauthorized, "SessionExpired");
        await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Unauthorized, "SessionExpired");
        await (await guest.AuthAsync()).AssertTextAsync();
        await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Unauthorized, "SessionExpired");
        broker.Clock.Advance(TimeSpan.FromMinutes(5));
        await (await guest.AttestAsync()).AssertProblemAsync(HttpStatusCode.Unauthorized, "SessionExpired");
    }

    [Fact]
    public async Task ABearerTokenOpensItsOwnSessionUntilItsEnd()
    {
        await using RunningBroker broker = await Ready.StartAsync(("SessionLifetime", "00:10:00"));
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        string jwe = await (await BearerAsync(broker, guest.Token)).AssertTextAsync();
        Assert.Equal(Ready.Key, guest.Open(jwe));
        string[] parts = guest.Token.Split('.');
        await (await BearerAsync(broker, $"{parts[0]}.{parts[1][..^4]}AAAA.{parts[2]}")).AssertProblemAsync(HttpStatusCode.Unauthorized, "SessionExpired");
        await (await BearerAsync(broker, broker.OwnerToken())).AssertProblemAsync(HttpStatusCode.Unauthorized, "SessionExpired");
        broker.Clock.Advance(TimeSpan.FromMinutes(6));
        await (await BearerAsync(broker, guest.Token)).AssertProblemAsync(HttpStatusCode.Unauthorized, "SessionExpired");
        await (await guest.ResourceAsync()).AssertTextAsync();
    }

    [Fact]
    public async Task ARestartInTheMiddleOfAHandshakeIsNotNoticed()
    {
        await using RunningBroker broker = await Ready.StartAsync(("Urls", "https://127.0.0.1:" + FreePort()));
        using var guest = new TestGuest(broker);
        await (await guest.AuthAsync()).AssertTextAsync();
        await broker.StartAgainAsync();
        await (await guest.AttestAsync()).AssertTextAsync();
        await broker.StartAgainAsync();
        Assert.Equal(Ready.Key, guest.Open(await (await guest.ResourceAsync()).AssertTextAsync()));
    }

    [Fact]
    public async Task ManyGuestsAtOnceEachGetTheirOwn()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 24), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (i, _) =>
        {
            using var guest = new TestGuest(broker)
            {
                ExtraParams = JsonNode.Parse("""{"confidential-model":{"tenant":"clinic","model":"triage-notes","replica":"pod/N"}}""".Replace("N\"", i + "\"")),
            };
            await guest.HandshakeAsync();
            Assert.Equal(Ready.Key, guest.Open(await (await guest.ResourceAsync()).AssertTextAsync()));
        });
        Assert.Equal(24, JsonNode.Parse(await broker.StatusAsync())!["attestations"]!.AsArray().Count);
    }

    private static async Task<HttpResponseMessage> BearerAsync(RunningBroker broker, string token)
    {
        using HttpClient client = broker.Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.GetAsync("/kbs/v0/resource/clinic/triage-notes/v3", Token);
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
