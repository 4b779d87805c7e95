using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tests.Http;

public sealed class EventTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string Modern = "/apis/events.k8s.io/v1/namespaces/default/events";
    private const string Core = "/api/v1/namespaces/default/events";

    [Fact]
    public async Task Both_groups_show_the_same_events()
    {
        await fixture.ExpectAsync(201, "POST", Modern, Body("one", "2026-01-02T03:04:05.000006Z"));
        JsonObject core = await fixture.ExpectAsync(200, "GET", $"{Core}/one");
        Assert.Equal(("v1", "hello", "w"), (core.Text("apiVersion")!, core.Text("message")!, core.Text("involvedObject", "name")!));
        core["count"] = 2;
        await fixture.ExpectAsync(200, "PUT", $"{Core}/one", core.ToJsonString());
        JsonObject modern = await fixture.ExpectAsync(200, "GET", $"{Modern}/one");
        Assert.Equal(("events.k8s.io/v1", "hello", 2L), (modern.Text("apiVersion")!, modern.Text("note")!, modern.Integer("deprecatedCount")!.Value));
        JsonObject patched = await fixture.ExpectAsync(
            200, "PATCH", $"{Modern}/one", """{"series":{"count":3,"lastObservedTime":"2026-01-02T03:04:06.000000Z"}}""", "application/merge-patch+json");
        Assert.Equal(3, patched.Integer("series", "count"));
        Assert.Single((await fixture.ExpectAsync(200, "GET", $"{Core}?fieldSelector=involvedObject.kind=Widget,involvedObject.name=w")).Items("items"));
        Assert.Single((await fixture.ExpectAsync(200, "GET", $"{Modern}?fieldSelector=regarding.name=w")).Items("items"));
    }

    [Theory]
    [InlineData("2026-01-02T03:04:05Z")]
    [InlineData("2026-01-02T03:04:05.1234567Z")]
    public async Task A_time_without_exactly_six_digits_is_refused(string time)
    {
        JsonObject status = await fixture.ExpectAsync(400, "POST", Modern, Body("bad", time));
        Assert.Contains("eventTime", status.Text("message"));
    }

    private static string Body(string name, string time) => $$$"""
        {"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"{{{name}}}","namespace":"default"},"eventTime":"{{{time}}}",
         "regarding":{"kind":"Widget","name":"w","namespace":"default"},"reason":"R","action":"A","type":"Normal","note":"hello",
         "reportingController":"tests","reportingInstance":"tests-1"}
        """;
}
