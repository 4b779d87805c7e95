using System.Text.Json.Nodes;

namespace ConfidentialOperator.EndToEnd.Tests.Running;

/// <summary>One model in the cluster and what the Controller made for it.</summary>
internal sealed class ModelInCluster(RealCluster cluster, string space, string name, string example = "snp")
{
    public const int ChildCount = 6;
    private const string Kinds = "configmaps,networkpolicies,services,poddisruptionbudgets,deployments";

    private Kubectl Kubectl => cluster.Kubectl;

    /// <summary>Creates the namespace, the policy and the model, and waits until its pods are ready and nothing moves any more.</summary>
    public static async Task<ModelInCluster> ServeAsync(RealCluster cluster, string space, string name)
    {
        ModelInCluster model = await CreateAsync(cluster, space, name, "snp");
        await Eventually.Is(
            "All pods are ready and the status says so",
            model.ReadAsync,
            item => Condition(item, "WorkloadsReady") == "True/Satisfied" && (int?)item["status"]!["readyReplicas"] == 2);
        await model.IsQuiet();
        return model;
    }

    /// <summary>Creates the namespace, the policy and the model, and waits until its objects are there.</summary>
    public static async Task<ModelInCluster> CreateAsync(RealCluster cluster, string space, string name, string example)
    {
        cluster.Need();
        ModelInCluster model = new(cluster, space, name, example);
        await cluster.Kubectl.ApplyAsync(Samples.Namespace(space));
        await cluster.Kubectl.ApplyAsync(Samples.PolicyOf(model.Wanted()));
        await model.ApplyAsync();
        await Eventually.Is("All objects are made", async () => (await model.ChildrenAsync()).Count, count => count == ChildCount);
        return model;
    }

    public Task<JsonObject> ApplyAsync() => Kubectl.ApplyAsync(Wanted());

    public async Task<JsonObject> ReadAsync() => await FindAsync("confidentialmodels", name) ?? [];

    public Task<JsonObject?> FindAsync(string resource, string item) => Kubectl.FindAsync(space, resource, item);

    public async Task<IReadOnlyList<JsonObject>> ChildrenAsync(string kinds = Kinds)
    {
        JsonObject list = await Kubectl.JsonAsync("get", kinds, "-n", space, "-l", $"app.kubernetes.io/instance={name}");
        return [.. list["items"]!.AsArray().Select(item => item!.AsObject())];
    }

    /// <summary>Gets which versions the model and its objects have: they change with every write that changes anything.</summary>
    public async Task<string> VersionsAsync() => string.Join('\n', (await ChildrenAsync()).Append(await ReadAsync())
        .Select(item => $"{item["kind"]}/{item["metadata"]!["name"]} {item["metadata"]!["resourceVersion"]}"));

    public Task<string> IsQuiet() => Eventually.IsQuiet($"{space}/{name}", VersionsAsync);

    /// <summary>Gets the Controller's requests about the model's namespace.</summary>
    public IReadOnlyList<AuditedRequest> Requests() => [.. cluster.Audit.Read().Where(request => request.Namespace == space)];

    /// <summary>Gets a condition as STATUS/REASON; empty when there is none.</summary>
    public static string Condition(JsonObject model, string type) =>
        (model["status"]?["conditions"] as JsonArray)?.FirstOrDefault(one => (string)one!["type"]! == type) is { } found
            ? $"{found["status"]}/{found["reason"]}"
            : "";

    private JsonObject Wanted() => Samples.Model(space, name, example);
}
