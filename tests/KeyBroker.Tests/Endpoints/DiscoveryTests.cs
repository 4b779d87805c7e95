using System.Net;
using System.Text.Json;
using ConfidentialOperator.KeyBroker.Endpoints;
using ConfidentialOperator.KeyBroker.Tests.Running;

namespace ConfidentialOperator.KeyBroker.Tests.Endpoints;

public sealed class DiscoveryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HealthMetricsAndKeysAreServed()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync(("PublicUrl", "https://broker.example:8443/"));
        using HttpClient client = broker.Client();
        Assert.Equal("ok", await client.GetStringAsync("/healthz", Token));
        Assert.Equal("ok", await client.GetStringAsync("/readyz", Token));
        using JsonDocument discovery = JsonDocument.Parse(await client.GetStringAsync("/.well-known/openid-configuration", Token));
        Assert.Equal("https://broker.example:8443", discovery.RootElement.GetProperty("issuer").GetString());
        Assert.Equal("https://broker.example:8443/.well-known/jwks.json", discovery.RootElement.GetProperty("jwks_uri").GetString());
        string keys = await client.GetStringAsync("/.well-known/jwks.json", Token);
        Assert.Contains("\"kty\":\"EC\"", keys, StringComparison.Ordinal);
        Assert.DoesNotContain("\"d\":", keys, StringComparison.Ordinal);
        await client.PostAsync("/kbs/v0/attest", new StringContent("{}"), Token);
        string metrics = await client.GetStringAsync("/metrics", Token);
        Assert.Contains("kbs_http_requests_total", metrics, StringComparison.Ordinal);
        Assert.Contains("kbs_http_request_duration_seconds", metrics, StringComparison.Ordinal);
        Assert.Contains("route=\"/kbs/v0/attest\"", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooManyRequestsOfOneAddressAreTurnedAwayWithATime()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync(("Limits:ChangesPerMinute", "2"), ("Limits:HandshakesPerMinute", "1"));
        using HttpClient client = broker.Client();
        Func<Task<HttpResponseMessage>> change = () => client.DeleteAsync("/v1/tenants/clinic/models/m/sessions", Token);
        Assert.Equal(HttpStatusCode.NoContent, (await change()).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await change()).StatusCode);
        HttpResponseMessage limited = await change();
        await limited.AssertProblemAsync(HttpStatusCode.TooManyRequests, "RateLimited");
        Assert.InRange(limited.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        await client.PostAsync("/kbs/v0/attest", new StringContent("{}"), Token);
        await (await client.PostAsync("/kbs/v0/attest", new StringContent("{}"), Token)).AssertProblemAsync(HttpStatusCode.TooManyRequests, "RateLimited");
        Assert.Equal("ok", await client.GetStringAsync("/healthz", Token));
    }

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3", true)]
    [InlineData("2001:db8:1:2:3::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void OneCustomerIsOneAddress(string one, string other, bool same) =>
        Assert.Equal(same, RateLimits.Partition(IPAddress.Parse(one)) == RateLimits.Partition(IPAddress.Parse(other)));

    [Fact]
    public async Task AnArrangerTokenGuardsStatusAndRevocationWhenConfigured()
    {
        using var folder = new TemporaryFolder();
        Storage.PrivateFileTests.Write(folder["arranger"], "a-token-of-the-arranger\n");
        await using RunningBroker broker = await RunningBroker.StartAsync(("ArrangerTokenPath", folder["arranger"]));
        using HttpClient client = broker.Client();
        const string Model = "/v1/tenants/clinic/models/m";
        await (await client.GetAsync(Model + "/status", Token)).AssertProblemAsync(HttpStatusCode.Unauthorized, "NotAuthorized");
        await (await client.DeleteAsync(Model + "/sessions", Token)).AssertProblemAsync(HttpStatusCode.Unauthorized, "NotAuthorized");
        await (await client.DeleteAsync(Model + "/replicas/a/b", Token)).AssertProblemAsync(HttpStatusCode.Unauthorized, "NotAuthorized");
        client.DefaultRequestHeaders.Add("Authorization", "Bearer a-token-of-the-arranger");
        await (await client.GetAsync(Model + "/status", Token)).AssertProblemAsync(HttpStatusCode.NotFound, "PolicyNotFound");
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync(Model + "/replicas/a/b", Token)).StatusCode);
    }
}
