using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Node.Processes;

namespace ConfidentialOperator.Lab.Hosting;

/// <summary>What is written down of a Lab that runs in the background: which process it is, told from a later one by its start time.</summary>
/// <param name="ProcessId">The Lab's process.</param>
/// <param name="StartTime">When it started, in clock ticks since boot.</param>
/// <param name="MemoryFolder">Its folder in memory.</param>
internal sealed record LabState(int ProcessId, long StartTime, string MemoryFolder)
{
    public bool IsAlive => ProcessStat.StartTime(ProcessId) == StartTime;

    public static LabState Own(string memoryFolder) =>
        new(Environment.ProcessId, ProcessStat.StartTime(Environment.ProcessId) ?? 0, memoryFolder);

    public static LabState? Read(LabFolders folders)
    {
        string path = PathOf(folders);
        if (!File.Exists(path)) return null;
        try
        {
            JsonNode? json = JsonNode.Parse(File.ReadAllText(path));
            return new LabState((int)(json.Integer("processId") ?? 0), json.Integer("startTime") ?? 0, json.Text("memoryFolder") ?? "");
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void Write(LabFolders folders)
    {
        JsonObject json = new() { ["processId"] = ProcessId, ["startTime"] = StartTime, ["memoryFolder"] = MemoryFolder };
        Directory.CreateDirectory(folders.Data);
        File.WriteAllText(PathOf(folders), json.ToJsonString());
    }

    /// <summary>Removes what the Lab itself could not: its state, its addresses, its folder in memory.</summary>
    public void Forget(LabFolders folders)
    {
        File.Delete(PathOf(folders));
        File.Delete(Path.Combine(folders.Shared, "env"));
        bool own = Path.GetFileName(MemoryFolder).StartsWith("cfm-", StringComparison.Ordinal);
        if (own && Directory.Exists(MemoryFolder)) Directory.Delete(MemoryFolder, recursive: true);
    }

    private static string PathOf(LabFolders folders) => Path.Combine(folders.Data, "lab.json");
}
