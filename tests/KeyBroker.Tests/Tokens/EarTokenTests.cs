using System.Buffers.Text;
using System.Net;
using System.Text.Json.Nodes;
using ConfidentialOperator.KeyBroker.Tests.Running;
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
        Assert.All(cpu["ear.trustworthiness-vector"]!.AsObject(), claim => Assert.InRange(claim.Value!.GetValue<int>(), 0, claim.Key == "hardware" ? 32 : 31));
        JsonNode evidence = cpu["ear.veraison.annotated-evidence"]!;
        Assert.Equal(TestGuest.Measurement, evidence["snp"]!["measurement"]!.GetValue<string>());
        Assert.False(evidence["snp"]!["policy_debug_allowed"]!.GetValue<bool>());
        Assert.Equal(guest.Nonce, evidence["runtime_data_claims"]!["nonce"]!.GetValue<string>());
        Assert.Equal(guest.Attestation()["runtime-data"]!["tee-pubkey"]!.ToJsonString(), evidence["runtime_data_claims"]!["tee-pubkey"]!.ToJsonString());
        Assert.Equal(TestGuest.Sha256(guest.InitData!), evidence["init_data"]!.GetValue<string>());
    }

    /// <summary>Authentic evidence that the owner does not want: its hardware is vouched for, its image is not.</summary>
    [Fact]
    public async Task WhatThePolicyRefusesIsContraindicated()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        JsonObject policy = broker.Policy(version: 2);
        policy["tee"]!["snp"]!["measurements"] = new JsonArray(new string('a', 96));
        await (await broker.PutAsync(policy)).AssertTextAsync(HttpStatusCode.NoContent);
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        JsonNode cpu = Claims(guest.Token)["submods"]!["cpu0"]!;
        Assert.Equal("contraindicated", cpu["ear.status"]!.GetValue<string>());
        Assert.Equal(33, cpu["ear.trustworthiness-vector"]!["executables"]!.GetValue<int>());
        Assert.Equal(32, cpu["ear.trustworthiness-vector"]!["hardware"]!.GetValue<int>());
        Assert.True(cpu["ear.veraison.annotated-evidence"]!["development"]!.GetValue<bool>());
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
