using ConfidentialOperator.ApiServer.Http;
using ConfidentialOperator.Controller.Tests.Fixtures;

namespace ConfidentialOperator.Controller.Tests.Cluster;

/// <summary>The rights that the reference lists are those that the Controller uses.</summary>
public sealed class RightsTests
{
    [Fact]
    public async Task EveryRequestIsAmongTheDocumentedRights()
    {
        await using TestCluster cluster = await TestCluster.StartAsync();
        await using (RunningController controller = await cluster.RunAsync(("LeaderElection", "true"), ("LeaseNamespace", TestCluster.Space)))
        {
            string[] pods = await cluster.ServeAsync();
            cluster.Api.Store.Delete("services", TestCluster.Space, TestCluster.Model);
            await Eventually.IsTrue(() => cluster.Find("services") is not null);
            cluster.Change(spec => spec["replicas"] = 1);
            await Eventually.IsTrue(() => (int?)cluster.Find("deployments.apps")!["spec"]!["replicas"] == 1);
            foreach (string pod in pods) cluster.Api.Store.Delete("pods", TestCluster.Space, pod);
            cluster.Api.Store.Delete(TestCluster.Models, TestCluster.Space, TestCluster.Model);
            await Eventually.IsTrue(() => cluster.Find(TestCluster.Models) is null);
        }

        HashSet<string> rights = [.. Documented()];
        string[] used = [.. cluster.Api.Requests.Entries.Where(entry => entry.Resource.Length > 0).Select(Used).Distinct()];
        Assert.Contains("patch deployments", used);
        Assert.Contains("update leases", used);
        Assert.Empty(used.Except(rights));
    }

    private static string Used(LoggedRequest entry) =>
        $"{entry.Verb} {entry.Resource.Split('.')[0]}{(entry.Subresource.Length > 0 ? "/" + entry.Subresource : "")}";

    /// <summary>The table below "Rights": resources, then verbs, then perhaps a remark.</summary>
    private static IEnumerable<string> Documented() =>
        from row in RepositoryFiles.Document("docs/reference/controller.md").Split("## Rights")[1].Split("\n## ")[0].Split('\n')
        where row.StartsWith("| `", StringComparison.Ordinal)
        let cells = row.Split('|')
        from resource in cells[1].Split(',')
        from verb in cells[2].Split(':', ';')[0].Split(',')
        select $"{verb.Trim()} {resource.Trim(' ', '`')}";
}
