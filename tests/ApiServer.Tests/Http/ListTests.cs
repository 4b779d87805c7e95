using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tests.Http;

public sealed class ListTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const string ConfigMaps = "/api/v1/namespaces/lists/configmaps";

    [Fact]
    public async Task Pages_show_the_list_as_it_was()
    {
        fixture.Api.CreateNamespace("lists");
        for (int i = 0; i < 5; i++) fixture.Api.Store.Create(Samples.ConfigMap($"page-{i}", "lists"));
        JsonObject first = await fixture.ExpectAsync(200, "GET", $"{ConfigMaps}?limit=2");
        Assert.Equal(3, first.Integer("metadata", "remainingItemCount"));
        fixture.Api.Store.Create(Samples.ConfigMap("page-9", "lists"));
        JsonObject rest = await fixture.ExpectAsync(200, "GET", $"{ConfigMaps}?limit=10&continue={first.Text("metadata", "continue")}");
        Assert.Equal(["page-2", "page-3", "page-4"], Names(rest));
        Assert.Equal(first.Text("metadata", "resourceVersion"), rest.Text("metadata", "resourceVersion"));
        Assert.Null(rest.Find("metadata", "continue"));
        fixture.Api.Store.Compact();
        JsonObject expired = await fixture.ExpectAsync(410, "GET", $"{ConfigMaps}?limit=2&continue={first.Text("metadata", "continue")}");
        Assert.Equal("Expired", expired.Text("reason"));
        await fixture.ExpectAsync(400, "GET", $"{ConfigMaps}?continue=nonsense");
    }

    [Theory]
    [InlineData("tier=front", "sel-1,sel-2")]
    [InlineData("tier!=front", "sel-3")]
    [InlineData("tier in (front,back),app", "sel-1")]
    [InlineData("tier notin (front)", "sel-3")]
    [InlineData("!app", "sel-2,sel-3")]
    [InlineData("app==x,tier==front", "sel-1")]
    public async Task Label_selectors_select(string selector, string expected)
    {
        fixture.Api.CreateNamespace("selected");
        foreach ((string name, string labels) in (ReadOnlySpan<(string, string)>)[("sel-1", """{"tier":"front","app":"x"}"""), ("sel-2", """{"tier":"front"}"""), ("sel-3", """{"tier":"back"}""")])
        {
            if (fixture.Api.Store.Get("cm", "selected", name) is not null) continue;
            JsonObject item = Samples.ConfigMap(name, "selected");
            item.Metadata()["labels"] = JsonNode.Parse(labels);
            fixture.Api.Store.Create(item);
        }

        JsonObject list = await fixture.ExpectAsync(200, "GET", $"/api/v1/namespaces/selected/configmaps?labelSelector={Uri.EscapeDataString(selector)}");
        Assert.Equal(expected.Split(','), Names(list));
    }

    [Fact]
    public async Task Field_selectors_select_what_the_kind_allows()
    {
        fixture.Api.Store.Create(Samples.Widget("field-a"));
        fixture.Api.Store.Create(Samples.Widget("field-b", """{"type":"b"}"""));
        Assert.Equal(["field-b"], Names(await fixture.ExpectAsync(200, "GET", $"{ApiFixture.WidgetPath}?fieldSelector=spec.type=b")));
        Assert.Equal(["field-a"], Names(await fixture.ExpectAsync(200, "GET", $"{ApiFixture.WidgetPath}?fieldSelector=metadata.name=field-a")));
        JsonObject status = await fixture.ExpectAsync(400, "GET", $"{ApiFixture.WidgetPath}?fieldSelector=spec.foo=1");
        Assert.Equal("field label not supported: spec.foo", status.Text("message"));
        await fixture.ExpectAsync(400, "GET", $"{ApiFixture.WidgetPath}?labelSelector=a%20in%20");
    }

    [Fact]
    public async Task A_version_from_the_future_is_refused()
    {
        JsonObject status = await fixture.ExpectAsync(504, "GET", $"{ApiFixture.WidgetPath}?resourceVersion=99999999");
        Assert.Equal("Timeout", status.Text("reason"));
        Assert.Equal("ResourceVersionTooLarge", status.Items("details", "causes").Single().Text("reason"));
    }

    [Fact]
    public async Task Tables_have_columns_and_ages()
    {
        fixture.Api.CreateNamespace("tables");
        JsonObject item = Samples.Widget("table");
        item.Metadata()["namespace"] = "tables";
        fixture.Api.Store.Create(item);
        fixture.Api.Store.ModifyStatus(Samples.Widgets, "tables", "table", status =>
            status["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True", ["reason"] = "Fine" }));
        JsonObject table = await fixture.ExpectAsync(
            200, "GET", "/apis/example.dev/v1alpha1/namespaces/tables/widgets", accept: "application/json;as=Table;v=v1;g=meta.k8s.io");
        Assert.Equal(["Name", "Type", "Ready", "Reason", "Age"], table.Items("columnDefinitions").Select(column => column.Text("name")));
        JsonArray cells = (JsonArray)table.Items("rows").Single()["cells"]!;
        Assert.Equal(["table", "a", "True", "Fine"], cells.Take(4).Select(cell => cell.AsText()));
        Assert.Matches("^[0-9]+s$", cells[4].AsText());
        Assert.Equal("PartialObjectMetadata", table.Items("rows").Single().Text("object", "kind"));
    }

    [Fact]
    public async Task Metadata_alone_can_be_listed()
    {
        fixture.Api.Store.Create(Samples.Widget("meta"));
        JsonObject list = await fixture.ExpectAsync(
            200, "GET", ApiFixture.WidgetPath, accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
        Assert.Equal("PartialObjectMetadataList", list.Text("kind"));
        Assert.All(list.Items("items"), item => Assert.Null(item["spec"]));
    }

    private static IEnumerable<string> Names(JsonObject list) => list.Items("items").Select(item => item.Name());
}
