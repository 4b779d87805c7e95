using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Hosting;

namespace ConfidentialOperator.Lab.Demo.Chapters;

/// <summary>The admin of the cluster applies what the owner gave out.</summary>
internal static class ClusterChapter
{
    public static async Task TellAsync(Stage stage, Telling telling, CancellationToken cancellationToken)
    {
        telling.Chapter("2  The admin applies; the guests prove themselves and get their keys");
        await telling.FactAsync("kubectl apply -f takes the models", async () =>
        {
            await stage.Admin.PrepareAsync(cancellationToken);
            List<string> said = [];
            foreach (string name in stage.Names) said.Add((await stage.Admin.ApplyAsync(name, cancellationToken)).Output.Trim());
            return Proof.Of(said.TrueForAll(line => line.EndsWith("created", StringComparison.Ordinal)), said[0]);
        });
        await telling.FactAsync("kubectl wait --for=condition=Ready", async () =>
        {
            ToolResult waited = await stage.Admin.WaitReadyAsync(stage.Names, cancellationToken);
            string states = string.Join("; ", stage.Names.Select(name => $"{name}: {stage.Admin.Condition(name, "Ready")}"));
            return Proof.Of(waited.Code == 0, waited.Code == 0 ? $"{stage.Models.Count} models" : $"{waited.All.Trim()} | {states}");
        });
        await telling.FactAsync("kubectl get cfm says so, with the attested replicas", async () =>
        {
            ToolResult table = await stage.Cluster.Tools.NeedKubectlAsync(cancellationToken, "-n", OwnerDesk.Namespace, "get", "cfm");
            foreach (string line in table.Output.TrimEnd().Split('\n')) telling.Say(line);
            string[] rows = [.. table.Output.TrimEnd().Split('\n').Skip(1)];
            return Proof.Of(rows.Length == stage.Models.Count && rows.All(row => row.Contains("True", StringComparison.Ordinal) && row.Contains("1/1", StringComparison.Ordinal)),
                $"{rows.Length} rows");
        });
        await telling.FactAsync("every pod is a real guest: two processes, its own address, its initdata in the report", async () =>
        {
            List<string> pods = [.. stage.Names.SelectMany(name => stage.Admin.Pods(name)).Select(pod => $"{pod.Name()} {pod.Text("status", "podIP")}")];
            foreach (string pod in pods) telling.Say(pod);
            bool attested = stage.Names.All(name => stage.Admin.Model(name).Text("status", "initDataDigest") is { Length: > 0 });
            return Proof.Of(pods.Count == stage.Models.Count && attested, $"{pods.Count} pods");
        });
    }
}
