using System.Text.Json;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Vectors;

namespace ConfidentialOperator.Attestation.Tests.Peers;

/// <summary>
/// Our verdict on every recorded case beside those of other people's verifiers. Where they differ there is a cause in <c>differences.tsv</c>, and a cause that
/// explains nothing any more must go.
/// </summary>
public sealed class RecordedEvidenceTests
{
    private const int LeastCases = 100;

    private static readonly string[] s_tees = ["snp", "tdx", "nitro"];

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (string tee in VectorRun.AllRunners.Select(runner => runner.Tee).Intersect(s_tees))
            {
                pairs.Add(PeerProgram.Rust, tee);
                if (tee != "nitro")
                {
                    pairs.Add(PeerProgram.Go, tee);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task ThePeersVerdictIsOursOrItsCauseIsKnown(string peer, string tee)
    {
        string folder = SharedFolder.Vectors();
        Dictionary<string, VectorOutcome> ours = Judge(folder, tee);
        JsonElement[] theirs = await AskAsync(peer, folder, tee);
        Assert.True(theirs.Length >= LeastCases && theirs.Length == ours.Count, $"{peer} judged {theirs.Length} cases of {tee}, we {ours.Count}");
        var used = new HashSet<Difference>();
        string[] unexplained = [.. theirs.Select(answer => Compare(peer, answer, ours, used)).OfType<string>()];
        Assert.True(unexplained.Length == 0, string.Join('\n', unexplained));
        string[] unused = [.. Difference.All.Where(entry => entry.Peer == peer && entry.Tee == tee && !used.Contains(entry)).Select(entry => $"{entry.Item} {entry.Case}")];
        Assert.True(unused.Length == 0, "These entries explain nothing:\n" + string.Join('\n', unused));
    }

    /// <summary>go-cose checks a document's signature and nothing else: what we accept it must verify, and what we refuse for its signature it must not.</summary>
    [Fact]
    public async Task SignaturesOfNitroDocumentsAreTheSameToGoCose()
    {
        string folder = SharedFolder.Vectors();
        var verified = new Dictionary<string, bool>(StringComparer.Ordinal);
        var wrong = new List<string>();
        foreach ((string name, VectorOutcome our) in Judge(folder, "nitro"))
        {
            string item = name.Split(' ')[0];
            bool isComparable = our.Refusal?.Reason is null or RefusalReason.SignatureInvalid;
            if (isComparable && !verified.ContainsKey(item))
            {
                verified[item] = (await PeerProgram.RunAsync(PeerProgram.Go, "cose-verify", "-nitro", Path.Combine(folder, item, "attestation.cbor"))).Code == 0;
            }

            if (isComparable && verified.TryGetValue(item, out bool theirs) && theirs != our.IsAccepted)
            {
                wrong.Add($"{name}: go-cose says {theirs}, we {our.Refusal?.ToString() ?? "accept"}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Contains(true, verified.Values);
        Assert.Contains(false, verified.Values);
    }

    [Fact]
    public void EveryDifferenceIsOfAPairThatIsCompared() =>
        Assert.All(Difference.All, entry => Assert.True(PeerProgram.All.Contains(entry.Peer) && s_tees.Contains(entry.Tee), $"{entry.Peer} {entry.Tee}"));

    private static Dictionary<string, VectorOutcome> Judge(string folder, string tee)
    {
        ITeeRunner runner = VectorRun.AllRunners.Single(runner => runner.Tee == tee);
        return VectorSet.Open(folder).Cases(tee).ToDictionary(entry => entry.Name, entry => runner.Judge(entry.Read()), StringComparer.Ordinal);
    }

    private static async Task<JsonElement[]> AskAsync(string peer, string folder, string tee)
    {
        (_, string[] lines) = await PeerProgram.RunAsync(peer, "vectors", "-dir", folder, "-tee", tee, "-all");
        return [.. lines.Where(line => line[0] == '{').Select(line => JsonElement.Parse(line))];
    }

    private static string? Compare(string peer, JsonElement answer, Dictionary<string, VectorOutcome> ours, HashSet<Difference> used)
    {
        string item = answer.GetProperty("item").GetString()!;
        string name = answer.GetProperty("case").GetString()!;
        string outcome = answer.GetProperty("outcome").GetString()!;
        string theirs = outcome is "skipped" or "panic" ? outcome : answer.GetProperty("got").GetString()!;
        VectorOutcome our = ours[$"{item} {name}"];
        if (theirs == (our.IsAccepted ? "accept" : "reject"))
        {
            string? status = answer.TryGetProperty("tcb_status", out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            return string.IsNullOrEmpty(status) || our.TcbStatus is null || our.TcbStatus == status ? null
                : $"{peer}: {item} {name}: they find TCB status {status}, we {our.TcbStatus}";
        }

        Difference? known = Difference.All.FirstOrDefault(entry => entry.Explains(peer, item, name, theirs));
        used.UnionWith(known is null ? [] : [known]);
        return known is not null ? null : $"{peer}: {item} {name}: they say {theirs} ({answer.GetProperty("error").GetString()}), we {our.Refusal?.ToString() ?? "accept"}";
    }
}
