using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Faults;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tests.Faults;

public sealed class FaultTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    [Theory]
    [InlineData(409, "Conflict")]
    [InlineData(500, "InternalError")]
    [InlineData(503, "ServiceUnavailable")]
    public async Task The_next_requests_fail_and_then_no_more(int code, string reason)
    {
        string name = $"fault-{code}";
        fixture.Api.Faults.Fail(code, times: 2, verb: "create", resource: "configmaps");
        await fixture.ExpectAsync(404, "GET", $"{ConfigMaps}/none");
        for (int i = 0; i < 2; i++)
            Assert.Equal(reason, (await fixture.ExpectAsync(code, "POST", ConfigMaps, Samples.ConfigMap(name).ToJsonString())).Text("reason"));
        await fixture.ExpectAsync(201, "POST", ConfigMaps, Samples.ConfigMap(name).ToJsonString());
        Assert.Equal(0, fixture.Api.Faults.Pending);
    }

    [Fact]
    public async Task A_throttled_client_is_told_when_to_come_back()
    {
        fixture.Api.Faults.Throttle(7, verb: "list", resource: "secrets");
        (int code, JsonObject body, var headers) = await fixture.SendAsync("GET", "/api/v1/secrets");
        Assert.Equal((429, "TooManyRequests", "7"), (code, body.Text("reason")!, headers.GetValues("Retry-After").Single()));
    }

    [Fact]
    public async Task A_watch_can_be_expired_and_dropped()
    {
        fixture.Api.Faults.Expire("leases.coordination.k8s.io");
        Assert.Equal("Expired", (await fixture.ExpectAsync(200, "GET", "/apis/coordination.k8s.io/v1/leases?watch=true")).Text("object", "reason"));
        fixture.Api.Faults.Fail(410, verb: "watch");
        Assert.Equal("Expired", (await fixture.ExpectAsync(410, "GET", "/apis/coordination.k8s.io/v1/leases?watch=true")).Text("reason"));
        fixture.Api.Faults.Expire("leases.coordination.k8s.io", verb: "list");
        Assert.Equal("Expired", (await fixture.ExpectAsync(410, "GET", "/apis/coordination.k8s.io/v1/leases")).Text("reason"));
        await using WatchReader watch = await WatchReader.OpenAsync(fixture, "/apis/coordination.k8s.io/v1/leases?watch=true");
        fixture.Api.Faults.DropWatches("leases.coordination.k8s.io");
        Assert.Null(await watch.ReadAsync());
    }

    [Fact]
    public async Task A_write_can_happen_although_the_client_sees_an_error()
    {
        fixture.Api.Faults.Add(new Fault { Verb = "create", Resource = "configmaps", Status = 500, AfterTheFact = true });
        await fixture.ExpectAsync(500, "POST", ConfigMaps, Samples.ConfigMap("lost").ToJsonString());
        await fixture.ExpectAsync(200, "GET", $"{ConfigMaps}/lost");
    }

    [Fact]
    public async Task A_slow_write_is_slow()
    {
        fixture.Api.Faults.Slow(TimeSpan.FromMilliseconds(300), verb: "create", resource: "configmaps");
        long start = TimeProvider.System.GetTimestamp();
        await fixture.ExpectAsync(201, "POST", ConfigMaps, Samples.ConfigMap("slow").ToJsonString());
        Assert.True(TimeProvider.System.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(290));
    }

    [Fact]
    public async Task A_connection_can_be_cut()
    {
        fixture.Api.Faults.Add(new Fault { Verb = "get", Resource = "configmaps", Disconnect = true });
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => fixture.SendAsync("GET", $"{ConfigMaps}/x"));
        await fixture.ExpectAsync(404, "GET", $"{ConfigMaps}/x");
    }

    [Fact]
    public async Task The_server_can_be_away()
    {
        await using KubernetesApi other = await KubernetesApi.StartAsync(new KubernetesApiOptions(), TestContext.Current.CancellationToken);
        using HttpClient client = other.CreateClient();
        other.Faults.GoAway();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync("/api/v1/pods", TestContext.Current.CancellationToken));
        other.Faults.ComeBack();
        using HttpResponseMessage answer = await client.GetAsync("/api/v1/pods", TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Requests_are_counted()
    {
        await using KubernetesApi other = await KubernetesApi.StartAsync(new KubernetesApiOptions(), TestContext.Current.CancellationToken);
        using HttpClient client = other.CreateClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "counter/1");
        using StringContent body = new(Samples.ConfigMap("c").ToJsonString(), null, "application/json");
        (await client.PostAsync("/api/v1/namespaces/default/configmaps", body, TestContext.Current.CancellationToken)).Dispose();
        (await client.GetAsync("/api/v1/namespaces/default/configmaps", TestContext.Current.CancellationToken)).Dispose();
        (await client.GetAsync("/apis/apps/v1/namespaces/default/deployments/x/scale", TestContext.Current.CancellationToken)).Dispose();
        Assert.Equal(1, other.Requests.Count(verb: "create", resource: "configmaps"));
        Assert.Equal(1, other.Requests.Count(verb: "list", userAgent: "counter"));
        Assert.Equal(1, other.Requests.Count(resource: "deployments.apps", subresource: "scale"));
        Assert.Equal(1, other.Requests.CountWrites("counter"));
        Assert.Equal([201, 200, 404], other.Requests.Entries.Select(entry => entry.Code));
        other.Requests.Clear();
        Assert.Empty(other.Requests.Entries);
    }
}
