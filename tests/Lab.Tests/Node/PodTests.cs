using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Node.Images;
using ConfidentialOperator.Lab.Node.Processes;

namespace ConfidentialOperator.Lab.Tests.Node;

/// <summary>Pods as processes: what they are given, what becomes of them, and what is left afterwards.</summary>
public sealed class PodTests
{
    [Fact]
    public async Task AContainerGetsTheRenderedEnvironmentAndNothingOfTheHost()
    {
        Environment.SetEnvironmentVariable("LAB_TEST_SECRET_OF_THE_HOST", "leak");
        await using NodeFixture node = await NodeFixture.StartAsync();
        LocalImage image = node.Script("env", "env; cat \"$SETTINGS\"; exec sleep 60");
        node.Store.ApplyManifests($$$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings}
            data: {a.txt: first}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: shown}
            spec:
              containers:
              - name: main
                image: {{{image.Reference}}}
                env:
                - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP} } }
                - {name: LISTEN, value: "$(POD_IP):80 $$(POD_IP) $(UNKNOWN)"}
                - {name: SETTINGS, value: /etc/settings/b.txt}
                volumeMounts: [{name: settings, mountPath: /etc/settings}]
                resources: {limits: {cpu: 1500m} }
              volumes: [{name: settings, configMap: {name: settings, items: [{key: a.txt, path: b.txt}], defaultMode: 292}}]
            """);
        await Eventually.Gives(() => node.Log("shown").Contains("first", StringComparison.Ordinal), "the log");
        string log = node.Log("shown");
        string address = node.Pod("shown").Text("status", "podIP")!;
        Assert.Contains($"\nLISTEN={address}:80 $(POD_IP) $(UNKNOWN)\n", log, StringComparison.Ordinal);
        Assert.Contains("\nDOTNET_PROCESSOR_COUNT=2\n", log, StringComparison.Ordinal);
        Assert.Contains("HOSTNAME=shown\n", log, StringComparison.Ordinal);
        Assert.DoesNotContain("LAB_TEST_SECRET_OF_THE_HOST", log, StringComparison.Ordinal);
        Assert.StartsWith("127.", address, StringComparison.Ordinal);
        Assert.Equal("Running", node.Pod("shown").Text("status", "phase"));
    }

    [Fact]
    public async Task ADeletedPodLeavesNoProcessNoFolderAndNoObject()
    {
        await using NodeFixture node = await NodeFixture.StartAsync();
        LocalImage image = node.Script("polite", "trap 'echo bye; exit 0' TERM; echo $$; while :; do sleep 0.05; done");
        node.Store.ApplyManifests(Simple("leaving", image.Reference));
        await Eventually.Gives(() => node.Log("leaving").Contains('\n', StringComparison.Ordinal), "the start");
        int process = int.Parse(node.Log("leaving").Split('\n')[0]);
        Assert.NotNull(ProcessStat.StartTime(process));
        node.Store.Delete("pods", "default", "leaving");
        await Eventually.Gives(() => node.Store.Get("pods", "default", "leaving") is null, "the end");
        Assert.Null(ProcessStat.StartTime(process));
        Assert.Contains("bye", node.Log("leaving"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task APodThatIgnoresTheRequestToEndIsKilledAfterItsGrace()
    {
        await using NodeFixture node = await NodeFixture.StartAsync();
        LocalImage image = node.Script("stubborn", "trap '' TERM; echo up; while :; do sleep 0.05; done");
        node.Store.ApplyManifests(Simple("stubborn", image.Reference));
        await Eventually.Gives(() => node.Log("stubborn").Contains("up", StringComparison.Ordinal), "the start");
        node.Store.Delete("pods", "default", "stubborn", new() { GracePeriodSeconds = 1 });
        await Eventually.Gives(() => node.Store.Get("pods", "default", "stubborn") is null, "the end");
    }

    [Fact]
    public async Task AnImageThatIsNotHereIsSaidSo()
    {
        await using NodeFixture node = await NodeFixture.StartAsync();
        node.Store.ApplyManifests(Simple("absent", "lab/nothing@sha256:" + new string('0', 64)));
        await Eventually.Gives(() => node.Waiting("absent") == "ErrImagePull", "the reason");
        Assert.Equal("Pending", node.Pod("absent").Text("status", "phase"));
        Assert.Contains("Failed", node.Reasons("absent"));
    }

    [Fact]
    public async Task ACrashIsRestartedWithBackOffAndCounted()
    {
        await using NodeFixture node = await NodeFixture.StartAsync();
        LocalImage image = node.Script("crash", "exit 3");
        node.Store.ApplyManifests(Simple("crash", image.Reference));
        await Eventually.Gives(() => node.Status("crash").Integer("restartCount") >= 2, "restarts");
        await Eventually.Gives(() => node.Waiting("crash") == "CrashLoopBackOff", "the back-off");
        Assert.Equal(3, node.Status("crash").Integer("lastState", "terminated", "exitCode"));
        Assert.Contains("BackOff", node.Reasons("crash"));
    }

    [Fact]
    public async Task AContainerAboveItsMemoryIsKilled()
    {
        await using NodeFixture node = await NodeFixture.StartAsync();
        LocalImage image = node.Script("greedy", "a=x; while [ ${#a} -lt 30000000 ]; do a=$a$a; done; sleep 60");
        node.Store.ApplyManifests(Simple("greedy", image.Reference, "resources: {limits: {memory: 8Mi}}"));
        await Eventually.Gives(() => node.Status("greedy").Text("lastState", "terminated", "reason") == "OOMKilled"
            || node.Status("greedy").Text("state", "terminated", "reason") == "OOMKilled", "the kill");
        Assert.Contains("OOMKilling", node.Reasons("greedy"));
    }

    [Fact]
    public async Task APodWaitsForAnAbsentSecretAndGoesOnWhenItComes()
    {
        await using NodeFixture node = await NodeFixture.StartAsync();
        LocalImage image = node.Script("secret", "cat \"$KEY\"; exec sleep 60");
        node.Store.ApplyManifests(Simple("waiting", image.Reference,
            "env: [{name: KEY, value: /etc/key/k}]\n    volumeMounts: [{name: key, mountPath: /etc/key}]", "volumes: [{name: key, secret: {secretName: late}}]"));
        await Eventually.Gives(() => node.Reasons("waiting").Contains("FailedMount"), "the event");
        node.Store.Create(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = "late", ["namespace"] = "default" },
            ["stringData"] = new JsonObject { ["k"] = "arrived" },
        });
        await Eventually.Gives(() => node.Log("waiting").Contains("arrived", StringComparison.Ordinal), "the content");
    }

    [Fact]
    public async Task AMountedConfigMapFollowsItsSource()
    {
        await using NodeFixture node = await NodeFixture.StartAsync();
        LocalImage image = node.Script("follow", "while :; do cat \"$FILE\"; sleep 0.05; done");
        node.Store.ApplyManifests("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: moving}\ndata: {f: before}");
        node.Store.ApplyManifests(Simple("follow", image.Reference,
            "env: [{name: FILE, value: /etc/m/f}]\n    volumeMounts: [{name: m, mountPath: /etc/m}]", "volumes: [{name: m, configMap: {name: moving}}]"));
        await Eventually.Gives(() => node.Log("follow").Contains("before", StringComparison.Ordinal), "the first content");
        node.Store.ApplyManifests("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: moving}\ndata: {f: after}");
        await Eventually.Gives(() => node.Log("follow").Contains("after", StringComparison.Ordinal), "the second content");
    }

    [Fact]
    public async Task AGuestWithoutInitDataIsNotLaunched()
    {
        await using NodeFixture node = await NodeFixture.StartAsync();
        LocalImage image = node.Script("bare", "exec sleep 60");
        node.Store.ApplyManifests(Simple("bare", image.Reference, "env: []", "runtimeClassName: kata-qemu-snp"));
        await Eventually.Gives(() => node.Reasons("bare").Contains("FailedCreatePodSandBox"), "the event");
        Assert.Equal("Pending", node.Pod("bare").Text("status", "phase"));
    }

    private static string Simple(string name, string image, string container = "env: []", string spec = "restartPolicy: Always") => $$$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{{name}}}}
        spec:
          {{{spec}}}
          containers:
          - name: main
            image: {{{image}}}
            {{{container}}}
        """;
}
