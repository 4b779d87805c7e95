using System.Text.Json.Nodes;
using ConfidentialOperator.Controller.Tests.Fixtures;

namespace ConfidentialOperator.Controller.Tests.Cluster;

/// <summary>What others change of our objects is put right; what they add is theirs.</summary>
public sealed class DriftTests : IAsyncLifetime
{
    private TestCluster _cluster = null!;
    private RunningController _controller = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync();
        _controller = await _cluster.RunAsync();
        await _cluster.ServeAsync();
        await Eventually.IsQuiet(() => _cluster.Api.Requests.Entries.Count, TimeSpan.FromSeconds(0.5));
        _cluster.Api.Requests.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _controller.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task AChangedImageIsPutBackByOneApply()
    {
        string image = Image();
        _cluster.Api.Store.Modify("deployments.apps", TestCluster.Space, TestCluster.Model, item => Container(item)["image"] = "evil@sha256:0");
        await Eventually.IsTrue(() => Image() == image && _cluster.Api.Requests.Count("patch", "deployments.apps") > 0);
        await Eventually.IsQuiet(() => _cluster.Api.Requests.Entries.Count, TimeSpan.FromSeconds(0.5));
        Assert.Equal(1, _cluster.Api.Requests.Count("patch", "deployments.apps"));
    }

    [Theory]
    [InlineData("services", "triage-notes")]
    [InlineData("services", "triage-notes-peers")]
    [InlineData("configmaps", "triage-notes-initdata")]
    [InlineData("networkpolicies.networking.k8s.io", "triage-notes")]
    [InlineData("poddisruptionbudgets.policy", "triage-notes")]
    [InlineData("deployments.apps", "triage-notes")]
    public async Task ADeletedObjectIsMadeAgain(string resource, string name)
    {
        string uid = (string)_cluster.Find(resource, name)!["metadata"]!["uid"]!;
        _cluster.Api.Store.Delete(resource, TestCluster.Space, name);
        await Eventually.IsTrue(() => _cluster.Find(resource, name) is { } made && (string?)made["metadata"]!["uid"] != uid);
    }

    [Fact]
    public async Task ALabelThatSomebodyRemovedComesBack()
    {
        _cluster.Api.Store.Modify("services", TestCluster.Space, TestCluster.Model, item => item["metadata"]!["labels"]!.AsObject().Remove("app.kubernetes.io/managed-by"));
        await Eventually.IsTrue(() => (string?)_cluster.Find("services")!["metadata"]!["labels"]!["app.kubernetes.io/managed-by"] == "confidential-operator");
    }

    [Fact]
    public async Task WhatOthersAddStays()
    {
        _cluster.Api.Store.Modify("services", TestCluster.Space, TestCluster.Model, item => item["metadata"]!["labels"]!["team"] = "a");
        _cluster.Api.Store.Modify("services", TestCluster.Space, TestCluster.Model, item => item["spec"]!["ports"]![0]!["targetPort"] = "evil");
        await Eventually.IsTrue(() => (string?)_cluster.Find("services")!["spec"]!["ports"]![0]!["targetPort"] == "https");
        Assert.Equal("a", (string?)_cluster.Find("services")!["metadata"]!["labels"]!["team"]);
    }

    [Fact]
    public async Task AnObjectThatCannotBeMendedIsReplaced()
    {
        string uid = (string)_cluster.Find("services")!["metadata"]!["uid"]!;
        _cluster.Api.Faults.Fail(422, 1, "patch", "services");
        _cluster.Api.Store.Modify("services", TestCluster.Space, TestCluster.Model, item => item["spec"]!["ports"]![0]!["port"] = 444);
        await Eventually.IsTrue(() => _cluster.Find("services") is { } made && (string?)made["metadata"]!["uid"] != uid);
        Assert.Equal(443, (int?)_cluster.Find("services")!["spec"]!["ports"]![0]!["port"]);
    }

    [Fact]
    public async Task AMemberThatIsWantedNoMoreIsRemoved()
    {
        _cluster.Change(spec => spec["placement"] = new JsonObject { ["nodeSelector"] = new JsonObject { ["zone"] = "a" } });
        await Eventually.IsTrue(() => (string?)Pod()["nodeSelector"]?["zone"] == "a");
        _cluster.Change(spec => spec.Remove("placement"));
        await Eventually.IsTrue(() => Pod()["nodeSelector"]?["zone"] is null);
    }

    [Fact]
    public async Task AStatusThatSomebodyChangedIsPutRight()
    {
        _cluster.Api.Store.ModifyStatus(TestCluster.Models, TestCluster.Space, TestCluster.Model, status => status["attested"] = "9/9");
        await Eventually.IsTrue(() => _cluster.Status("attested") == "2/2");
    }

    private JsonObject Pod() => _cluster.Find("deployments.apps")!["spec"]!["template"]!["spec"]!.AsObject();

    private static JsonNode Container(JsonObject deployment) => deployment["spec"]!["template"]!["spec"]!["containers"]![0]!;

    private string Image() => (string)Container(_cluster.Find("deployments.apps")!)["image"]!;
}
