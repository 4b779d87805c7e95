using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Hosting;

namespace ConfidentialOperator.Lab.Demo;

/// <summary>What the admin of the cluster does, with <c>kubectl</c> and nothing of the owner's but what is public: resource, signed policy, ciphertext.</summary>
internal sealed class AdminDesk(LabCluster cluster, OwnerDesk owner)
{
    /// <summary>The namespace and the broker's certificate authority.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await cluster.Tools.NeedKubectlAsync(cancellationToken, "create", "namespace", OwnerDesk.Namespace);
        await cluster.Tools.NeedKubectlAsync(cancellationToken, "-n", OwnerDesk.Namespace, "create", "secret", "generic", "broker-ca",
            $"--from-file=ca.crt={cluster.BrokerAuthority}");
    }

    /// <summary>Applies the policy that the owner signed, and the resource.</summary>
    public async Task<ToolResult> ApplyAsync(string model, CancellationToken cancellationToken)
    {
        string map = (await cluster.Tools.NeedKubectlAsync(cancellationToken, "-n", OwnerDesk.Namespace, "create", "configmap", OwnerDesk.PolicyMap(model),
            $"--from-file=policy.dsse.json={owner.Policy(model)}", "--dry-run=client", "-o", "yaml")).Output;
        await cluster.Tools.NeedKubectlAsync(map, cancellationToken, "apply", "-f", "-");
        return await cluster.Tools.NeedKubectlAsync(cancellationToken, "apply", "-f", owner.Resource(model));
    }

    public Task<ToolResult> WaitReadyAsync(IReadOnlyList<string> models, CancellationToken cancellationToken) => cluster.Tools.KubectlAsync(cancellationToken,
        ["-n", OwnerDesk.Namespace, "wait", "--for=condition=Ready", "--timeout=120s", .. models.Select(model => $"confidentialmodel/{model}")]);

    /// <summary>A model as the API server has it now.</summary>
    public JsonObject Model(string name) => cluster.Store.Get("confidentialmodels.confidential-operator.dev", OwnerDesk.Namespace, name)
        ?? throw new LabException($"There is no ConfidentialModel {name}.");

    /// <summary>A condition as <c>STATUS REASON: MESSAGE</c>.</summary>
    public string Condition(string model, string type) =>
        Model(model).Items("status", "conditions").Where(condition => condition.Text("type") == type)
            .Select(condition => $"{condition.Text("status")} {condition.Text("reason")}: {condition.Text("message")}").FirstOrDefault() ?? "";

    public IReadOnlyList<JsonObject> Pods(string model) =>
        cluster.Store.List("pods", OwnerDesk.Namespace, $"app.kubernetes.io/instance={model}");
}
