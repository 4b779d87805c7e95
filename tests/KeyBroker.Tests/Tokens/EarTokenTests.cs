using System.Buffers.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.KeyBroker.Release;
using ConfidentialOperator.KeyBroker.Sessions;
using ConfidentialOperator.KeyBroker.Tests.Running;
using ConfidentialOperator.KeyBroker.Tokens;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ConfidentialOperator.KeyBroker.Tests.Tokens;

public sealed class EarTokenTests
{
    [Fact]
    public async Task AnotherLibraryVerifiesTheTokenWithThePublishedKeys()
    {
        await using RunningBroker broker = await Ready.StartAsync(("PublicUrl", "https://broker.example:8443"));
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        var keys = new JsonWebKeySet(await guest.Client.GetStringAsync("/.well-known/jwks.json", TestContext.Current.CancellationToken));
        var parameters = new TokenValidationParameters { IssuerSigningKeys = keys.Keys, ValidIssuer = "https://broker.example:8443", ValidateAudience = false };
        TokenValidationResult result = await new JsonWebTokenHandler().ValidateTokenAsync(guest.Token, parameters);
        Assert.True(result.IsValid, result.Exception?.Message);
        parameters.ValidIssuer = "https://another.example";
        Assert.False((await new JsonWebTokenHandler().ValidateTokenAsync(guest.Token, parameters)).IsValid);
        parameters.ValidIssuer = "https://broker.example:8443";
        parameters.IssuerSigningKeys = [new ECDsaSecurityKey(new Owner().Key)];
        Assert.False((await new JsonWebTokenHandler().ValidateTokenAsync(guest.Token, parameters)).IsValid);
    }

    [Fact]
    public async Task TheTokenSaysWhatTrusteeResourceServersRead()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        JsonObject claims = Claims(guest.Token);
        Assert.Equal("tag:github.com,2024:confidential-containers/Trustee", claims["eat_profile"]!.GetValue<string>());
        long now = broker.Clock.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal(now, claims["iat"]!.GetValue<long>());
        Assert.InRange(claims["exp"]!.GetValue<long>(), now + 1, now + 300);
        JsonNode cpu = claims["submods"]!["cpu0"]!;
        Assert.Equal("warning", cpu["ear.status"]!.GetValue<string>());
        Assert.All(cpu["ear.trustworthiness-vector"]!.AsObject(), claim => Assert.InRange(claim.Value!.GetValue<int>(), 2, claim.Key == "hardware" ? 32 : 31));
        JsonNode evidence = cpu["ear.veraison.annotated-evidence"]!;
        Assert.Equal(TestGuest.Measurement, evidence["snp"]!["measurement"]!.GetValue<string>());
        Assert.False(evidence["snp"]!["policy_debug_allowed"]!.GetValue<bool>());
        Assert.Equal(guest.Nonce, evidence["runtime_data_claims"]!["nonce"]!.GetValue<string>());
        Assert.Equal(guest.Attestation()["runtime-data"]!["tee-pubkey"]!.ToJsonString(), evidence["runtime_data_claims"]!["tee-pubkey"]!.ToJsonString());
        Assert.Equal(TestGuest.Sha256(guest.InitData!), evidence["init_data"]!.GetValue<string>());
    }

    /// <summary>No test has real hardware, so what its token says is asked of the token's maker.</summary>
    [Theory]
    [InlineData(true, false, "affirming", 2)]
    [InlineData(true, true, "warning", 32)]
    [InlineData(false, false, "contraindicated", 97)]
    [InlineData(false, true, "contraindicated", 97)]
    public async Task OnlyRealHardwareUnderItsPolicyIsAffirmed(bool affirmed, bool development, string status, int hardware)
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        Session session = broker.Services.GetRequiredService<SessionStore>().Find(guest.SessionCookie(broker.Address))!;
        string token = broker.Services.GetRequiredService<EarToken>().Issue(session, new GuestFacts { Development = development }, affirmed, guest.Nonce, "{}");
        JsonNode cpu = Claims(token)["submods"]!["cpu0"]!;
        Assert.Equal(status, cpu["ear.status"]!.GetValue<string>());
        Assert.Equal(hardware, cpu["ear.trustworthiness-vector"]!["hardware"]!.GetValue<int>());
        Assert.Equal(development, cpu["ear.veraison.annotated-evidence"]!["development"]!.GetValue<bool>());
    }

    [Fact]
    public async Task WithoutAKnownModelNothingIsAffirmed()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker) { InitData = null, ExtraParams = null };
        await guest.HandshakeAsync();
        Assert.Equal("contraindicated", Release.KeyReleaseTests.EarStatus(guest));
    }

    internal static JsonObject Claims(string token) => JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!.AsObject();
}
