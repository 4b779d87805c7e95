using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer;

namespace ConfidentialOperator.Controller.Tests.Fixtures;

/// <summary>An API server with our definition, a namespace, a broker, and short ways to play the parts of users, scheduler and kubelet.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public const string Space = "clinic";
    public const string Model = "triage-notes";
    public const string Models = "confidentialmodels.confidential-operator.dev";
    public const string Agent = "confidential-operator";
    public static readonly string[] Children = ["configmaps", "networkpolicies.networking.k8s.io", "services", "poddisruptionbudgets.policy", "deployments.apps"];
    private int _pods;

    private TestCluster(KubernetesApi api, FakeBroker broker) => (Api, Broker) = (api, broker);

    public KubernetesApi Api { get; }

    public FakeBroker Broker { get; }

    public static async Task<TestCluster> StartAsync(KubernetesApiOptions? options = null)
    {
        KubernetesApi api = await KubernetesApi.StartAsync(options ?? new KubernetesApiOptions(), TestContext.Current.CancellationToken);
        TestCluster cluster = new(api, await FakeBroker.StartAsync());
        api.Store.ApplyManifests(RepositoryFiles.Definition);
        api.CreateNamespace(Space);
        cluster.MakeRuntimeClass("kata-qemu-snp");
        return cluster;
    }

    public Task<RunningController> RunAsync(params (string Name, string Value)[] settings) => RunningController.StartAsync(Api.KubeconfigPath, settings);

    public void MakeRuntimeClass(string name) => Api.Store.Create(new JsonObject
    {
        ["apiVersion"] = "node.k8s.io/v1",
        ["kind"] = "RuntimeClass",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["handler"] = name,
    });

    /// <summary>Makes what the resource names: the broker's authority and the owner's policy.</summary>
    public void MakeReferences(string policy = """{"policyVersion":7}""")
    {
        MakeAuthority();
        MakePolicy(policy);
    }

    public void MakeAuthority() => Api.Store.Apply(new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["name"] = "broker-ca", ["namespace"] = Space },
        ["data"] = new JsonObject { ["ca.crt"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(Broker.AuthorityPem)) },
    });

    public void MakePolicy(string policy) => Api.Store.Apply(new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = Model + "-policy", ["namespace"] = Space },
        ["data"] = new JsonObject { ["policy.dsse.json"] = Envelope(policy) },
    });

    public JsonObject MakeModel(Action<JsonObject>? change = null, string name = Model)
    {
        JsonObject model = ModelSamples.Snp(Broker.Url, name);
        change?.Invoke(model["spec"]!.AsObject());
        return Api.Store.Create(model);
    }

    public void Change(Action<JsonObject> spec, string name = Model) => Api.Store.Modify(Models, Space, name, item => spec(item["spec"]!.AsObject()));

    public JsonObject? Find(string resource, string name = Model) => Api.Store.Get(resource, Space, name);

    /// <summary>Gets a condition as STATUS/REASON; empty when there is none.</summary>
    public string Condition(string type, string name = Model) => FindCondition(type, name) is { } found ? $"{found["status"]}/{found["reason"]}" : "";

    public string Message(string type, string name = Model) => (string?)FindCondition(type, name)?["message"] ?? "";

    public string? Status(string member, string name = Model) => Find(Models, name)?["status"]?[member]?.ToString();

    public Task Reaches(string type, string wanted, string name = Model) =>
        Eventually.IsTrue(() => Condition(type, name) == wanted, () => $"{type} is {Condition(type, name)}: {Message(type, name)}");

    /// <summary>The model's condition, an event of it and a line of the Controller's log all have the same word.</summary>
    public async Task IsSaidEverywhere(RunningController controller, string reason, string sentence)
    {
        await Eventually.IsTrue(() => Condition("Ready").EndsWith("/" + reason, StringComparison.Ordinal), () => $"Ready is {Condition("Ready")}: {Message("Ready")}");
        Assert.Contains(sentence, Message("Ready"), StringComparison.Ordinal);
        await Eventually.IsTrue(() => Api.Store.List("events", Space).Any(item => (string?)item["reason"] == reason
            && (string?)item["involvedObject"]!["name"] == Model && ((string?)item["message"])!.Contains(sentence, StringComparison.Ordinal)));
        await Eventually.IsTrue(() => controller.Log.Lines.Any(line => line.EndsWith($"is {reason}", StringComparison.Ordinal) && line.Contains(Model, StringComparison.Ordinal)));
    }

    /// <summary>Makes a pod as the Deployment's controllers and a kubelet would.</summary>
    public string MakePod(bool ready = true, string address = "127.0.0.1", string name = Model)
    {
        string pod = $"{name}-5d4f8-{Interlocked.Increment(ref _pods).ToString(CultureInfo.InvariantCulture)}";
        Api.Store.Create(ModelSamples.Pod(pod, name));
        SetPod(pod, ready, address);
        return pod;
    }

    public void SetPod(string pod, bool ready, string address = "127.0.0.1") => Api.Store.ModifyStatus("pods", Space, pod, status =>
    {
        status["phase"] = "Running";
        status["podIP"] = address;
        status["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = ready ? "True" : "False" });
    });

    /// <summary>Lets the broker say that it released the key to these pods.</summary>
    public void Release(string[] pods, string name = Model) => Broker.Say(name, [.. pods.Select(pod => ModelSamples.Outcome(Replica(pod)))]);

    public string Replica(string pod) => $"{pod}/{(string)Api.Store.Get("pods", Space, pod)!["metadata"]!["uid"]!}";

    /// <summary>Sets the Deployment's status as its controller would when all its pods are up.</summary>
    public void RollOut(int replicas, string name = Model) => Api.Store.Modify(
        "deployments.apps", Space, name,
        item => item["status"] = ModelSamples.RolledOut((long)item["metadata"]!["generation"]!, replicas),
        new ApiServer.Writes.WriteOptions { Subresource = "status" });

    /// <summary>Makes a model that is served by two replicas.</summary>
    public async Task<string[]> ServeAsync(string name = Model)
    {
        MakeReferences();
        string[] pods = [MakePod(name: name), MakePod(name: name)];
        Release(pods, name);
        MakeModel(name: name);
        await Eventually.IsTrue(() => Find("deployments.apps", name) is not null);
        RollOut(2, name);
        await Reaches("Ready", "True/Serving", name);
        return pods;
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Broker.DisposeAsync();
    }

    public static string Envelope(string policy) => new JsonObject
    {
        ["payloadType"] = "application/vnd.confidential-operator.trust-policy.v1+json",
        ["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(policy)),
        ["signatures"] = new JsonArray(new JsonObject { ["keyid"] = "owner", ["sig"] = "AAAA" }),
    }.ToJsonString();

    private JsonNode? FindCondition(string type, string name) =>
        (Find(Models, name)?["status"]?["conditions"] as JsonArray)?.FirstOrDefault(condition => (string)condition!["type"]! == type);
}
