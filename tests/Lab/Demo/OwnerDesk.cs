using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Guest;
using ConfidentialOperator.Lab.Hosting;

namespace ConfidentialOperator.Lab.Demo;

/// <summary>
/// What the owner of the models does on a machine of their own with <c>cfm</c>, without a cluster: keys, sealing, rendering, policies, callers. Only
/// the uploads talk to anybody, and only to the key broker.
/// </summary>
internal sealed class OwnerDesk(LabCluster cluster)
{
    public const string Tenant = "clinic";
    public const string Namespace = "clinic";

    private const string CallersResource = $"kbs:///{Tenant}/callers/v1";
    private const string Waiver = "software chips of the Lab";

    private static readonly string[] s_rules =
    [
        "--minimum-tcb", "Milan=bootloader:4,tee:0,snp:24,microcode:219", "--guest-policy", "smt=true,single-socket=false", "--development",
        "--waive", $"chips={Waiver} are made at each start", "--waive", $"idKeyDigests={Waiver} have no ID block",
        "--waive", $"authorKeyDigests={Waiver} have no ID block", "--waive", $"revocation={Waiver} have no revocation list",
    ];

    public string OwnerKey => At("owner.pem");

    public string OwnerPublicKey => At("owner.pub.pem");

    public string SealedFolder(string model) => Path.Combine(cluster.Folders.Sealed, model);

    public string Resource(string model) => At($"{model}.yaml");

    public string Policy(string model) => At($"{model}.policy.dsse.json");

    /// <summary>The caller's key, which the owner gives to the one who may ask.</summary>
    public string CallerKey { get; private set; } = "";

    /// <summary>Makes the owner's key, and tells the broker's operator who the owner is.</summary>
    public async Task MakeKeysAsync(CancellationToken cancellationToken)
    {
        await cluster.Tools.NeedCfmAsync(cancellationToken, "keygen", "--owner-key", OwnerKey);
        string owners = Path.Combine(cluster.Folders.Broker, "tenants", Tenant, "owners");
        Directory.CreateDirectory(owners);
        File.Copy(OwnerPublicKey, Path.Combine(owners, "owner.pub.pem"), overwrite: true);
    }

    /// <summary>Seals a model with a key of its own and writes its resource.</summary>
    public async Task SealAsync(DemoModel model, CancellationToken cancellationToken)
    {
        string key = At($"{model.Name}.key");
        await cluster.Tools.NeedCfmAsync(cancellationToken, "keygen", "--model-key", key);
        string source = Stage(model);
        JsonObject result = await cluster.Tools.CfmJsonAsync(cancellationToken, "seal", source, "--out", SealedFolder(model.Name), "--name", model.Name,
            "--model-version", "1", "--key-id", KeyResource(model.Name), "--model-key", key, "--owner-key", OwnerKey);
        if (source != model.Folder) Directory.Delete(source, recursive: true);
        await File.WriteAllTextAsync(Resource(model.Name), Yaml(model, result.Text("manifestDigest")!), cancellationToken);
    }

    /// <summary>Renders what the Controller will create, and signs a policy that accepts exactly that on this kind of machine.</summary>
    public async Task<string> SignPolicyAsync(string model, CancellationToken cancellationToken)
    {
        JsonObject rendered = await cluster.Tools.CfmJsonAsync(cancellationToken, "render", "-f", Resource(model));
        JsonObject deployment = rendered.Items("objects").First(item => item.Text("kind") == "Deployment");
        string measurement = GuestMachine.Of((JsonObject)deployment.Find("spec", "template")!).Measure().ToString();
        await cluster.Tools.NeedCfmAsync(cancellationToken, ["policy", "create", "-f", Resource(model), "--policy-version", "1", "--minimum-model-version", "1",
            "--valid-days", "30", "--measurement", measurement, .. s_rules, "--out", At($"{model}.policy.json")]);
        await cluster.Tools.NeedCfmAsync(cancellationToken, "policy", "sign", At($"{model}.policy.json"), "--owner-key", OwnerKey, "--out", Policy(model));
        return rendered.Text("initDataSha256")!;
    }

    /// <summary>Lets one caller use the models.</summary>
    public async Task SignCallersAsync(IReadOnlyList<DemoModel> models, CancellationToken cancellationToken)
    {
        JsonObject added = await cluster.Tools.CfmJsonAsync(cancellationToken,
            ["callers", "add", At("callers.json"), "--tenant", Tenant, "--name", "demo", "--valid-days", "30",
                .. models.SelectMany(model => new[] { "--model", model.Name })]);
        CallerKey = added.Text("key")!;
        await cluster.Tools.NeedCfmAsync(cancellationToken, "callers", "sign", At("callers.json"), "--owner-key", OwnerKey, "--out", At("callers.dsse.json"));
    }

    /// <summary>Stores the model keys and the caller list at the broker.</summary>
    public async Task UploadAsync(IReadOnlyList<DemoModel> models, CancellationToken cancellationToken)
    {
        foreach (DemoModel model in models) await UploadAsync(KeyResource(model.Name), At($"{model.Name}.key"), cancellationToken);
        await UploadAsync(CallersResource, At("callers.dsse.json"), cancellationToken);
    }

    /// <summary>The resource as it is applied.</summary>
    public string Yaml(DemoModel model, string manifestDigest) => $$"""
        apiVersion: confidential-operator.dev/v1alpha1
        kind: ConfidentialModel
        metadata:
          name: {{model.Name}}
          namespace: {{Namespace}}
        spec:
          model:
            task: {{model.Task}}
            uri: file://{{SealedFolder(model.Name)}}
            manifestDigest: {{manifestDigest}}
            confidential: {resourceId: "{{KeyResource(model.Name)}}"}
          tee: {type: snp}
          attestation:
            keyBroker: {url: "{{cluster.BrokerUrl}}", caSecretRef: {name: broker-ca} }
            trustPolicyRef: {name: {{PolicyMap(model.Name)}} }
          runtime:
            image: {{cluster.Inference.Reference}}
            sidecarImage: {{cluster.Sidecar.Reference}}
            resources:
              limits: {cpu: "1", memory: {{model.Memory}} }
          access: {mode: keys, callersResourceId: "{{CallersResource}}"}
          replicas: {{model.Replicas}}

        """;

    public static string PolicyMap(string model) => $"{model}-policy";

    public static string KeyResource(string model) => $"kbs:///{Tenant}/{model}/v1";

    private Task<ToolResult> UploadAsync(string resource, string file, CancellationToken cancellationToken) =>
        cluster.Tools.NeedCfmAsync(cancellationToken, "key", "upload", resource, "--file", file, "--owner-key", OwnerKey, "--ca", cluster.BrokerAuthority);

    /// <summary>Only the model's files are sealed, whatever else its folder holds.</summary>
    private string Stage(DemoModel model)
    {
        if (model.Files.Count == 0) return model.Folder;
        string folder = At($"{model.Name}.plain");
        Directory.CreateDirectory(folder);
        foreach (string file in model.Files.Where(file => File.Exists(Path.Combine(model.Folder, file))))
            File.Copy(Path.Combine(model.Folder, file), Path.Combine(folder, file), overwrite: true);
        return folder;
    }

    private string At(string name) => Path.Combine(cluster.Folders.Owner, name);
}
