using System.Text.Json.Nodes;
using ConfidentialOperator.EndToEnd.Tests.Running;

namespace ConfidentialOperator.EndToEnd.Tests.Cluster;

/// <summary>The Controller's objects before a real API server, its controllers and its scheduler.</summary>
public sealed class ReconcilingTests(RealCluster cluster)
{
    private const string Name = "triage-notes";
    private static readonly TimeSpan s_calm = TimeSpan.FromSeconds(10);

    private static readonly string[] s_labels =
        ["component", "instance", "managed-by", "name", "part-of", "version"];

    [Fact]
    public async Task AModelGetsItsObjectsAndIsNotReadyWithoutItsBroker()
    {
        ModelInCluster model = await ModelInCluster.ServeAsync(cluster, "begin", Name);
        JsonObject resource = await model.ReadAsync();
        IReadOnlyList<JsonObject> children = await model.ChildrenAsync();

        Assert.Equal(
            [
                "ConfigMap/triage-notes-initdata", "Deployment/triage-notes", "NetworkPolicy/triage-notes", "PodDisruptionBudget/triage-notes",
                "Service/triage-notes", "Service/triage-notes-peers",
            ],
            children.Select(child => $"{child["kind"]}/{child["metadata"]!["name"]}").Order(StringComparer.Ordinal));
        Assert.All(children, child =>
        {
            JsonNode owner = Assert.Single(child["metadata"]!["ownerReferences"]!.AsArray())!;
            Assert.Equal((string?)resource["metadata"]!["uid"], (string?)owner["uid"]);
            Assert.Equal(("ConfidentialModel", "true"), ((string?)owner["kind"], owner["controller"]!.ToJsonString()));
            Assert.All(s_labels, label => Assert.NotEmpty((string?)child["metadata"]!["labels"]!["app.kubernetes.io/" + label] ?? ""));
            Assert.Equal("confidential-operator", (string?)child["metadata"]!["labels"]!["app.kubernetes.io/managed-by"]);
        });

        // All pods are ready, admitted as restricted ones; that is not enough.
        Assert.Equal("True/Satisfied", ModelInCluster.Condition(resource, "SpecValid"));
        Assert.Equal("True/Satisfied", ModelInCluster.Condition(resource, "PlacementReady"));
        Assert.Equal("True/Satisfied", ModelInCluster.Condition(resource, "WorkloadsReady"));
        Assert.Equal("False/KeyBrokerUnavailable", ModelInCluster.Condition(resource, "AttestationReady"));
        Assert.Equal("Unknown/AwaitingKey", ModelInCluster.Condition(resource, "KeyReleased"));
        Assert.Equal("False/KeyBrokerUnavailable", ModelInCluster.Condition(resource, "Ready"));
        Assert.Equal("0/2", (string?)resource["status"]!["attested"]);
        Assert.Equal(9, resource["status"]!["conditions"]!.AsArray().Count);
        JsonObject events = await cluster.Kubectl.JsonAsync("get", "events", "-n", "begin", "--field-selector", "involvedObject.kind=ConfidentialModel");
        Assert.Contains(events["items"]!.AsArray(), one => (string?)one!["reason"] == "KeyBrokerUnavailable" && (string?)one["type"] == "Warning");
    }

    [Fact]
    public async Task EachObjectIsAppliedOnceAndASecondApplyChangesNothing()
    {
        ModelInCluster model = await ModelInCluster.ServeAsync(cluster, "again", Name);
        string[] applied = [.. model.Requests()
            .Where(request => request.IsWrite && request.Resource is not ("events" or "confidentialmodels")).Select(request => $"{request.Resource}/{request.Name}")];
        Assert.Equal(applied.Distinct(), applied);
        Assert.Equal(ModelInCluster.ChildCount, applied.Length);
        string versions = await model.VersionsAsync();
        int requests = model.Requests().Count;

        await model.ApplyAsync();
        await Task.Delay(s_calm, TestContext.Current.CancellationToken);

        Assert.Equal(versions, await model.VersionsAsync());
        Assert.Empty(model.Requests().Skip(requests));
    }

    [Fact]
    public async Task ScalingTheModelScalesItsDeployment()
    {
        ModelInCluster model = await ModelInCluster.ServeAsync(cluster, "scale", Name);
        await cluster.Kubectl.RunAsync("scale", "cfm/" + Name, "-n", "scale", "--replicas=3");
        await Eventually.Is(
            "The Deployment has three ready replicas",
            () => model.FindAsync("deployments", Name),
            item => (int?)item!["spec"]!["replicas"] == 3 && (int?)item["status"]!["readyReplicas"] == 3);
        JsonObject resource = await Eventually.Is("The status counts them", model.ReadAsync, item => (int?)item["status"]!["replicas"] == 3);
        Assert.Equal("0/3", (string?)resource["status"]!["attested"]);
        JsonObject scale = await cluster.Kubectl.JsonAsync("get", "cfm", Name, "-n", "scale", "--subresource=scale");
        Assert.Equal(3, (int?)scale["status"]!["replicas"]);
        Assert.Contains("app.kubernetes.io/instance=" + Name, (string?)scale["status"]!["selector"]);
    }

    [Fact]
    public async Task WhatSomebodyDeletesOrChangesIsPutRight()
    {
        ModelInCluster model = await ModelInCluster.ServeAsync(cluster, "drift", Name);
        string uid = (string)(await model.FindAsync("services", Name))!["metadata"]!["uid"]!;

        await cluster.Kubectl.RunAsync("delete", "service", Name, "-n", "drift");
        await cluster.Kubectl.RunAsync("scale", "deployment", Name, "-n", "drift", "--replicas=7");

        await Eventually.Is(
            "The Service is made again",
            () => model.FindAsync("services", Name),
            item => item is not null && (string?)item["metadata"]!["uid"] != uid);
        await Eventually.Is("The Deployment has two replicas", () => model.FindAsync("deployments", Name), item => (int?)item!["spec"]!["replicas"] == 2);
        await model.IsQuiet();
        Assert.Equal(2, (int?)(await model.FindAsync("deployments", Name))!["spec"]!["replicas"]);
    }

    [Fact]
    public async Task ADeletedModelLeavesNothingBehind()
    {
        ModelInCluster model = await ModelInCluster.ServeAsync(cluster, "end", Name);
        Assert.Contains("confidential-operator.dev/key-broker", (await model.ReadAsync())["metadata"]!["finalizers"]!.AsArray().Select(one => (string?)one));
        await cluster.Kubectl.RunAsync("delete", "cfm", Name, "-n", "end", "--wait=false");
        await Eventually.Is("The model is gone", async () => (await model.ReadAsync()).Count, members => members == 0);
        await Eventually.Is(
            "All that was made for it is gone",
            async () => string.Join(' ', (await model.ChildrenAsync("configmaps,networkpolicies,services,poddisruptionbudgets,deployments,replicasets,pods"))
                .Select(item => $"{item["kind"]}/{item["metadata"]!["name"]}")),
            left => left.Length == 0);
        JsonObject events = await cluster.Kubectl.JsonAsync("get", "events", "-n", "end", "--field-selector", "involvedObject.kind=ConfidentialModel,reason=KeyBrokerUnavailable");
        Assert.Contains(events["items"]!.AsArray(), one => ((string)one!["message"]!).Contains("let go", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ARestartEndsInOrderAndWritesNothingWhateverTheHardware()
    {
        List<ModelInCluster> models = [];
        foreach (string example in Samples.Examples) models.Add(await ModelInCluster.CreateAsync(cluster, "restart-" + example, Name, example));
        List<(ModelInCluster Model, string Versions, int Requests)> before = [];
        foreach (ModelInCluster model in models) before.Add((model, await model.IsQuiet(), model.Requests().Count));

        Assert.Equal(0, await cluster.RestartControllerAsync());

        // The caches are filled and passes made in order before a later model can be served.
        await ModelInCluster.ServeAsync(cluster, "restart-later", Name);
        foreach ((ModelInCluster model, string versions, int requests) in before)
        {
            Assert.DoesNotContain(model.Requests().Skip(requests), request => request.IsWrite);
            Assert.Equal(versions, await model.VersionsAsync());
        }
    }

    [Fact]
    public async Task TheAccountOfTheControllerSuffices()
    {
        ModelInCluster model = await ModelInCluster.ServeAsync(cluster, "rights", Name);
        Assert.NotEmpty(model.Requests());
        Assert.DoesNotContain(cluster.Audit.Read(), request => request.Status is 401 or 403);
    }
}
