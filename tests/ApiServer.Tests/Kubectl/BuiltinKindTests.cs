namespace ConfidentialOperator.ApiServer.Tests.Kubectl;

/// <summary>The built-in kinds with the real kubectl; its create commands send protobuf.</summary>
public sealed class BuiltinKindTests
{
    [Theory]
    [MemberData(nameof(KubectlBinary.Versions), MemberType = typeof(KubectlBinary))]
    public async Task Deployments_are_created_and_changed(string version)
    {
        await using KubectlRunner kubectl = await KubectlRunner.StartAsync(version);
        await kubectl.RunAsync("create deployment d --image=x:1 --replicas=2");
        await kubectl.RunAsync("scale deploy d --replicas=3");
        await kubectl.RunAsync("set image deploy/d x=x:2");
        await kubectl.RunAsync("set env deploy/d A=b");
        await kubectl.RunAsync("rollout restart deploy d");
        Assert.Matches("d +0/3 +0 +0 +.* +x +x:2 +app=d", await kubectl.RunAsync("get deploy -o wide"));
        Assert.Contains("timed out", await kubectl.FailAsync("rollout status deploy d --timeout=1s"));
        kubectl.Api.Store.ModifyStatus("deployments.apps", "default", "d", status =>
        {
            status["observedGeneration"] = 99;
            foreach (string name in (string[])["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"]) status[name] = 3;
        });
        Assert.Contains("successfully rolled out", await kubectl.RunAsync("rollout status deploy d --timeout=10s"));
        await kubectl.RunAsync("expose deploy d --port=80");
        Assert.Matches("d +ClusterIP +10.96.* +80/TCP", await kubectl.RunAsync("get svc"));
        Assert.Contains("deployment.apps/d", await kubectl.RunAsync("get all"));
        Assert.Contains("Image:      x:2", await kubectl.RunAsync("describe deploy d"));
        await kubectl.RunAsync("delete deploy d --timeout=10s");
    }

    [Theory]
    [MemberData(nameof(KubectlBinary.Versions), MemberType = typeof(KubectlBinary))]
    public async Task Small_kinds_and_namespaces(string version)
    {
        await using KubectlRunner kubectl = await KubectlRunner.StartAsync(version);
        Assert.Contains($"Server Version: v{version}.0", await kubectl.RunAsync("version"));
        Assert.Contains("ok", await kubectl.RunAsync("get --raw /readyz"));
        await kubectl.RunAsync("create ns n1");
        await kubectl.RunAsync("create sa -n n1 worker");
        await kubectl.RunAsync("create cm -n n1 settings --from-literal=a=b");
        await kubectl.RunAsync("create secret generic -n n1 hidden --from-literal=a=b");
        await kubectl.RunAsync("run -n n1 p --image=x:1 --env=A=b");
        Assert.Equal("Yg==", await kubectl.RunAsync("get secret -n n1 hidden -o jsonpath={.data.a}"));
        Assert.Matches("p +0/1 +Pending", await kubectl.RunAsync("get pods -n n1 -o wide"));
        await kubectl.RunAsync("logs -n n1 p");
        Assert.Equal("yes\n", await kubectl.RunAsync("auth can-i get pods"));
        await kubectl.RunAsync("--context=certificate get pods -A");
        await kubectl.RunAsync("delete ns n1 --timeout=20s");
        Assert.DoesNotContain("n1", await kubectl.RunAsync("get ns -o name"));
        string all = await kubectl.RunAsync("api-resources --verbs=list -o name");
        foreach (string name in all.Split('\n', StringSplitOptions.RemoveEmptyEntries)) await kubectl.RunAsync($"get {name} -A");
    }
}
