using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Demo;
using ConfidentialOperator.Lab.Hosting;

namespace ConfidentialOperator.Lab.Tests.EndToEnd;

/// <summary>What breaks, is said, and mends itself; with the real programs, on a Lab of its own with the smallest model.</summary>
[Collection(LabCollection.Name)]
public sealed class ResilienceTests : IAsyncLifetime
{
    private const string Model = "wdbc";

    private readonly string _folder = Directory.CreateTempSubdirectory("lab-resilience-").FullName;
    private Stage _stage = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        LabFolders folders = LabFolders.At(Path.Combine(_folder, "data"));
        DemoModel model = DemoModels.Wdbc(folders);
        _stage = await Stage.BuildAsync(folders, [model], Token);
        await _stage.Owner.MakeKeysAsync(Token);
        await _stage.Owner.SealAsync(model, Token);
        await _stage.Owner.SignPolicyAsync(Model, Token);
        await _stage.Owner.SignCallersAsync([model], Token);
        await _stage.Owner.UploadAsync([model], Token);
        await _stage.Admin.PrepareAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stage.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task ABrokerThatIsAwayIsSaidAndTheModelBecomesReadyWhenItIsBack()
    {
        await _stage.Cluster.StopBrokerAsync();
        await _stage.Admin.ApplyAsync(Model, Token);
        string said = await Eventually.Gives(
            () => Conditions().FirstOrDefault(text => text.Contains("KeyBroker", StringComparison.Ordinal)), "a condition names the broker", seconds: 60);
        Assert.StartsWith("False", _stage.Admin.Condition(Model, "Ready"), StringComparison.Ordinal);
        Assert.DoesNotContain("InternalError", said, StringComparison.Ordinal);
        await _stage.Cluster.StartBrokerAsync(Token);
        await ReadyAsync();
    }

    [Fact]
    public async Task AControllerThatIsKilledAtAnyPointGoesOnWhereItWas()
    {
        foreach (int milliseconds in (int[])[0, 150, 700])
        {
            await _stage.Admin.ApplyAsync(Model, Token);
            await Task.Delay(milliseconds, Token);
            await _stage.Cluster.KillControllerAsync();
            await _stage.Cluster.StartControllerAsync(Token);
            await ReadyAsync();
            Assert.Single(_stage.Admin.Pods(Model), pod => pod.Text("status", "phase") == "Running");
            Task<ToolResult> deleted = _stage.Cluster.Tools.NeedKubectlAsync(Token, "-n", OwnerDesk.Namespace, "delete", $"cfm/{Model}", "--timeout=90s");
            await Task.Delay(milliseconds, Token);
            await _stage.Cluster.KillControllerAsync();
            await _stage.Cluster.StartControllerAsync(Token);
            await deleted;
            await Eventually.Gives(() => _stage.Admin.Pods(Model).Count == 0, "no pod is left", seconds: 60);
        }
    }

    [Fact]
    public async Task APolicyThatAnotherKeySignedReleasesNothingUntilTheOwnersIsApplied()
    {
        string stranger = Path.Combine(_stage.Cluster.Folders.Owner, "stranger.pem");
        string owners = _stage.Owner.Policy(Model);
        string kept = owners + ".owner";
        File.Move(owners, kept);
        await _stage.Cluster.Tools.NeedCfmAsync(Token, "keygen", "--owner-key", stranger);
        string policy = owners.Replace(".policy.dsse.json", ".policy.json", StringComparison.Ordinal);
        await _stage.Cluster.Tools.NeedCfmAsync(Token, "policy", "sign", policy, "--owner-key", stranger, "--out", owners);
        await _stage.Admin.ApplyAsync(Model, Token);
        await Eventually.Gives(() => Conditions().Any(text => text.Contains("PolicySignatureInvalid", StringComparison.Ordinal)), "the condition", seconds: 60);
        File.Move(kept, owners, overwrite: true);
        await _stage.Admin.ApplyAsync(Model, Token);
        await ReadyAsync();
    }

    [Fact]
    public async Task AModelThatIsNoOnnxIsToldByTheSameWordEverywhere()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "no-onnx")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "model.onnx"), "this is not a model", Token);
        DemoModel model = new() { Name = "no-onnx", Task = "tensor", Folder = folder };
        await _stage.Owner.SealAsync(model, Token);
        await _stage.Owner.SignPolicyAsync(model.Name, Token);
        await _stage.Owner.UploadAsync([model], Token);
        await _stage.Admin.ApplyAsync(model.Name, Token);
        await Eventually.Gives(() => _stage.Admin.Condition(model.Name, "Ready").StartsWith("False ModelInvalid: ", StringComparison.Ordinal), "the condition", seconds: 60);
        Assert.Contains("model.onnx", _stage.Admin.Condition(model.Name, "Ready"), StringComparison.Ordinal);
        await Eventually.Gives(() => _stage.Cluster.Store.List("events", OwnerDesk.Namespace)
            .Any(item => item.Text("reason") == "ModelInvalid" && item.Text("involvedObject", "name") == model.Name), "the event");
        string pod = _stage.Admin.Pods(model.Name)[0].Name();
        string logs = "";
        foreach (string container in (string[])["inference", "sidecar"])
        {
            string log = (await _stage.Cluster.Tools.NeedKubectlAsync(Token, "-n", OwnerDesk.Namespace, "logs", pod, "-c", container)).Output;
            Assert.Contains("ModelInvalid", log, StringComparison.Ordinal);
            logs += log;
        }

        Assert.DoesNotContain("this is not a model", logs, StringComparison.Ordinal);
        // Nothing is served, so that a client finds nobody: neither accepted nor rejected.
        Assert.Equal(1, (await _stage.User.VerifyAsync(model.Name, Token)).Code);
    }

    [Fact]
    public async Task AnUnknownFieldIsRefusedByName()
    {
        string yaml = await File.ReadAllTextAsync(_stage.Owner.Resource(Model), Token);
        ToolResult refused = await _stage.Cluster.Tools.KubectlAsync(yaml.Replace("  replicas: 1", "  replicaz: 1", StringComparison.Ordinal), Token, "apply", "-f", "-");
        Assert.NotEqual(0, refused.Code);
        Assert.Contains("spec.replicaz", refused.Errors, StringComparison.Ordinal);
    }

    private async Task ReadyAsync()
    {
        ToolResult ready = await _stage.Admin.WaitReadyAsync([Model], Token);
        Assert.True(ready.Code == 0, $"{ready.All} {string.Join("; ", Conditions())}");
    }

    private IEnumerable<string> Conditions() =>
        _stage.Cluster.Store.Get("confidentialmodels.confidential-operator.dev", OwnerDesk.Namespace, Model) is not JsonObject model ? []
            : model.Items("status", "conditions").Select(condition => $"{condition.Text("type")}={condition.Text("status")} {condition.Text("reason")}: {condition.Text("message")}");
}
