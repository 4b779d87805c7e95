using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using ConfidentialOperator.KeyBroker.Tests.Running;

namespace ConfidentialOperator.KeyBroker.Tests.Access;

public sealed class OwnerTokenTests
{
    private const string Path = "/kbs/v0/resource/clinic/triage-notes/v3";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ATokenOfAnOwnerIsAccepted()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        await (await PostAsync(broker, broker.OwnerToken())).AssertTextAsync();
        await (await PostAsync(broker, broker.OwnerToken(claims => claims["aud"] = new[] { "other", "confidential-operator.dev/key-broker" }))).AssertTextAsync();
    }

    [Theory]
    [InlineData("aud", "somebody-else", "aud")]
    [InlineData("aud", null, "aud")]
    [InlineData("role", "admin", "role")]
    [InlineData("role", null, "role")]
    [InlineData("tenant", "bank", "tenant")]
    [InlineData("tenant", null, "tenant")]
    [InlineData("exp", null, "exp")]
    [InlineData("exp", "tomorrow", "exp")]
    public async Task AClaimThatIsMissingOrWrongIsRefused(string claim, string? value, string named)
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        string token = broker.OwnerToken(claims =>
        {
            claims.Remove(claim);
            if (value is not null)
            {
                claims[claim] = value;
            }
        });
        string detail = await (await PostAsync(broker, token)).AssertProblemAsync(HttpStatusCode.Unauthorized, "NotAuthorized");
        Assert.Contains(named, detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(3700)]
    public async Task AnExpiredOrTooLongTokenIsRefused(int seconds)
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        string token = broker.Owner.Token(RunningBroker.Tenant, broker.Clock.GetUtcNow().AddSeconds(seconds));
        await (await PostAsync(broker, token)).AssertProblemAsync(HttpStatusCode.Unauthorized, "NotAuthorized");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("ES384")]
    public async Task TheHeaderCannotChooseAnotherAlgorithm(string algorithm)
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        string token = broker.Owner.Token(RunningBroker.Tenant, broker.Clock.GetUtcNow().AddMinutes(1), header: head => head["alg"] = algorithm);
        await (await PostAsync(broker, token)).AssertProblemAsync(HttpStatusCode.Unauthorized, "NotAuthorized");
        await (await PostAsync(broker, token[..(token.LastIndexOf('.') + 1)])).AssertProblemAsync(HttpStatusCode.Unauthorized, "NotAuthorized");
    }

    [Fact]
    public async Task AKeyThatIsNoOwnerAndAChangedTokenAreRefused()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        DateTimeOffset soon = broker.Clock.GetUtcNow().AddMinutes(1);
        await (await PostAsync(broker, new Owner().Token(RunningBroker.Tenant, soon))).AssertProblemAsync(HttpStatusCode.Unauthorized, "NotAuthorized");
        string impostor = new Owner().Token(RunningBroker.Tenant, soon, header: head => head["kid"] = broker.Owner.KeyId);
        await (await PostAsync(broker, impostor)).AssertProblemAsync(HttpStatusCode.Unauthorized, "NotAuthorized");
        string[] honest = broker.OwnerToken().Split('.');
        string[] other = broker.OwnerToken(claims => claims["x"] = 1).Split('.');
        await (await PostAsync(broker, $"{honest[0]}.{other[1]}.{honest[2]}")).AssertProblemAsync(HttpStatusCode.Unauthorized, "NotAuthorized");
    }

    [Fact]
    public async Task AnOwnerThatIsTakenAwayIsRefusedFromThenOn()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        string token = broker.OwnerToken();
        await (await PostAsync(broker, token)).AssertTextAsync();
        File.Delete(broker.Folder["tenants/clinic/owners/first.pem"]);
        await (await PostAsync(broker, token)).AssertProblemAsync(HttpStatusCode.Unauthorized, "NotAuthorized");
        using ECDsa next = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        await File.WriteAllTextAsync(broker.Folder["tenants/clinic/owners/broken.pem"], "not a key", Token);
        await File.WriteAllTextAsync(broker.Folder["tenants/clinic/owners/second.pem"], broker.Owner.Key.ExportSubjectPublicKeyInfoPem(), Token);
        await (await PostAsync(broker, token)).AssertTextAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("Basic dTpw")]
    [InlineData("Bearer ")]
    [InlineData("Bearer a.b")]
    [InlineData("Bearer a.b.c")]
    [InlineData("Bearer e30.e30.")]
    public async Task WhatIsNoTokenIsRefused(string header)
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        using HttpClient client = broker.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new ByteArrayContent([1]) };
        request.Headers.TryAddWithoutValidation("Authorization", header);
        await (await client.SendAsync(request, Token)).AssertProblemAsync(HttpStatusCode.Unauthorized, "NotAuthorized");
    }

    private static async Task<HttpResponseMessage> PostAsync(RunningBroker broker, string token)
    {
        using HttpClient client = broker.Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.PostAsync(Path, new ByteArrayContent([1]), Token);
    }
}
