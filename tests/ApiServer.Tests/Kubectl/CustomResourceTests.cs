using System.Diagnostics;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tests.Kubectl;

/// <summary>What users do with our resource, with the real kubectl.</summary>
public sealed class CustomResourceTests
{
    private const string Manifest = """
        apiVersion: example.dev/v1alpha1
        kind: Widget
        metadata: {name: w}
        spec: {type: a, replicas: 2}
        """;

    [Theory]
    [MemberData(nameof(KubectlBinary.Versions), MemberType = typeof(KubectlBinary))]
    public async Task Apply_get_and_explain(string version)
    {
        await using KubectlRunner kubectl = await WithDefinitionAsync(version);
        Assert.Contains("widgets   wd", await kubectl.RunAsync("api-resources --categories=confidential"));
        Assert.Equal("widget.example.dev/w created\n", await kubectl.RunAsync("apply -f -", Manifest));
        Assert.Equal("widget.example.dev/w unchanged\n", await kubectl.RunAsync("apply -f -", Manifest));
        Assert.Matches("NAME +TYPE +READY +REASON +AGE\nw +a +", await kubectl.RunAsync("get wd -o wide"));
        Assert.Contains("type: a", await kubectl.RunAsync("get widget w -o yaml"));
        Assert.Equal("w", JsonNode.Parse(await kubectl.RunAsync("get widgets.example.dev w -o json")).Text("metadata", "name"));
        Assert.Equal("a/1", await kubectl.RunAsync("get wd w -o jsonpath={.spec.type}/{.spec.size}"));
        Assert.Contains("w      a", await kubectl.RunAsync("get confidential"));
        string field = await kubectl.RunAsync("explain wd.spec.type");
        Assert.Contains("FIELD: type <string>", field);
        Assert.Contains("Which type it is.", field);
        Assert.Contains("scaling\t<Object>", await kubectl.RunAsync("explain widget.spec --recursive"));
        Assert.Contains("FIELD: containers <[]Container>", await kubectl.RunAsync("explain deploy.spec.template.spec.containers"));
        Assert.Contains("spec\t<PodSpec>", await kubectl.RunAsync("explain pods"));
    }

    [Theory]
    [MemberData(nameof(KubectlBinary.Versions), MemberType = typeof(KubectlBinary))]
    public async Task Faults_are_told(string version)
    {
        await using KubectlRunner kubectl = await WithDefinitionAsync(version);
        Assert.Contains("* spec.type: Unsupported value: \"c\"", await kubectl.FailAsync("apply -f -", Manifest.Replace("type: a", "type: c", StringComparison.Ordinal)));
        Assert.Contains(
            "strict decoding error: unknown field \"spec.foo\"",
            await kubectl.FailAsync("apply -f -", Manifest.Replace("replicas: 2", "foo: 2", StringComparison.Ordinal)));
        Assert.Contains(
            "Warning: unknown field \"spec.foo\"",
            await ErrorsOf(kubectl, "apply --validate=warn -f -", Manifest.Replace("replicas: 2", "foo: 2", StringComparison.Ordinal)));
        await kubectl.RunAsync("apply -f -", Manifest);
        Assert.Contains("type is immutable", await kubectl.FailAsync("apply -f -", Manifest.Replace("type: a", "type: b", StringComparison.Ordinal)));
        Assert.Contains("(NotFound): widgets.example.dev \"none\" not found", await kubectl.FailAsync("get wd none"));
    }

    [Theory]
    [MemberData(nameof(KubectlBinary.Versions), MemberType = typeof(KubectlBinary))]
    public async Task Server_side_apply_and_its_conflicts(string version)
    {
        await using KubectlRunner kubectl = await WithDefinitionAsync(version);
        string changed = Manifest.Replace("replicas: 2", "replicas: 4", StringComparison.Ordinal);
        Assert.Equal("widget.example.dev/w serverside-applied\n", await kubectl.RunAsync("apply --server-side -f -", Manifest));
        string conflict = await kubectl.FailAsync("apply --server-side --field-manager=other -f -", changed);
        Assert.Contains("Apply failed with 1 conflict: conflict with \"kubectl\" using example.dev/v1alpha1: .spec.replicas", conflict);
        await kubectl.RunAsync("apply --server-side --field-manager=other --force-conflicts -f -", changed);
        Assert.Equal("4", await kubectl.RunAsync("get wd w -o jsonpath={.spec.replicas}"));
        Assert.Contains("f:replicas", await kubectl.RunAsync("get wd w -o yaml --show-managed-fields"));
        Assert.Equal("widget.example.dev/w\n", await kubectl.RunAsync("apply --dry-run=server -o name -f -", Manifest));
        string difference = await DiffAsync(kubectl, changed.Replace("replicas: 4", "replicas: 5", StringComparison.Ordinal));
        Assert.Contains("-  replicas: 4", difference);
        Assert.Contains("+  replicas: 5", difference);
    }

    [Theory]
    [MemberData(nameof(KubectlBinary.Versions), MemberType = typeof(KubectlBinary))]
    public async Task Change_wait_describe_and_delete(string version)
    {
        await using KubectlRunner kubectl = await WithDefinitionAsync(version);
        await kubectl.RunAsync("apply -f -", Manifest);
        await kubectl.RunAsync("scale wd/w --replicas=3");
        await kubectl.RunAsync("label wd w x=y");
        await kubectl.RunAsync("annotate wd w a=b");
        await kubectl.RunAsync(["patch", "wd", "w", "--type=merge", "-p", """{"spec":{"size":4}}"""]);
        await kubectl.RunAsync(["patch", "wd", "w", "--type=json", "-p", """[{"op":"add","path":"/spec/tags","value":["t"]}]"""]);
        Assert.Equal("3 4 t", await kubectl.RunAsync(["get", "wd", "-l", "x=y", "-o", "jsonpath={.items[0].spec.replicas} {.items[0].spec.size} {.items[0].spec.tags[0]}"]));
        Task<string> waiting = kubectl.RunAsync("wait --for=condition=Ready wd/w --timeout=20s");
        await kubectl.RunAsync(
            ["patch", "wd", "w", "--subresource=status", "--type=merge", "-p", """{"status":{"conditions":[{"type":"Ready","status":"True","reason":"Fine"}]}}"""]);
        Assert.Contains("condition met", await waiting);
        kubectl.Api.Store.Create(EventOf(kubectl.Api.Store.Get("wd", "default", "w")!));
        string described = await kubectl.RunAsync("describe wd w");
        Assert.Contains("Reason:  Fine", described);
        Assert.Matches("Normal +Attested +.* +tests +All is well", described);
        Assert.Contains("Attested", await kubectl.RunAsync("get events"));
        Assert.Contains("Attested", await kubectl.RunAsync("events --for=widget/w"));
        await kubectl.RunAsync("delete wd w --timeout=10s");
        await kubectl.RunAsync("delete crd widgets.example.dev --timeout=10s");
        Assert.Contains("NotFound", await kubectl.FailAsync("get wd"));
    }

    [Theory]
    [MemberData(nameof(KubectlBinary.Versions), MemberType = typeof(KubectlBinary))]
    public async Task Watch_prints_changes(string version)
    {
        await using KubectlRunner kubectl = await WithDefinitionAsync(version);
        kubectl.Api.Store.Create(Samples.Widget("first"));
        using Process watch = kubectl.Start(["get", "wd", "-w", "--no-headers", "-o", "name"]);
        Assert.Equal("widget.example.dev/first", await watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        kubectl.Api.Store.Create(Samples.Widget("second"));
        Assert.Equal("widget.example.dev/second", await watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        watch.Kill();
        await watch.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<KubectlRunner> WithDefinitionAsync(string version)
    {
        KubectlRunner kubectl = await KubectlRunner.StartAsync(version);
        Assert.Contains("created", await kubectl.RunAsync("apply -f -", Samples.Definition));
        await kubectl.RunAsync("wait --for=condition=Established crd/widgets.example.dev --timeout=10s");
        return kubectl;
    }

    private static async Task<string> ErrorsOf(KubectlRunner kubectl, string arguments, string input)
    {
        using Process process = kubectl.Start(arguments.Split(' '));
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        string errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return errors;
    }

    private static async Task<string> DiffAsync(KubectlRunner kubectl, string manifest)
    {
        using Process process = kubectl.Start(["diff", "-f", "-"]);
        await process.StandardInput.WriteAsync(manifest);
        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }

    private static JsonObject EventOf(JsonObject subject) => Samples.Parse($$$"""
        {"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"w.1","namespace":"default"},"eventTime":"{{{subject.Text("metadata", "creationTimestamp")!.TrimEnd('Z')}}}.000000Z",
         "regarding":{"apiVersion":"example.dev/v1alpha1","kind":"Widget","name":"w","namespace":"default","uid":"{{{subject.Uid()}}}"},
         "reason":"Attested","action":"Attest","type":"Normal","note":"All is well","reportingController":"tests","reportingInstance":"tests-1"}
        """);
}
