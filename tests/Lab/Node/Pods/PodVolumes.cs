using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.Lab.Node.Pods;

/// <summary>The volumes of a pod as folders: emptyDir (memory-backed ones below a short path in memory, for sockets), configMap and secret.</summary>
internal sealed class PodVolumes(string diskFolder, string memoryFolder, Func<string, string, JsonObject?> read)
{
    private const UnixFileMode StandardMode = (UnixFileMode)0b110_100_100;

    /// <summary>Makes or renews all volumes; null with a fault when one cannot be had.</summary>
    public IReadOnlyDictionary<string, string>? Materialise(JsonObject pod, out string fault)
    {
        Dictionary<string, string> folders = new(StringComparer.Ordinal);
        fault = "";
        foreach (JsonObject volume in pod.Items("spec", "volumes"))
        {
            string name = volume.Text("name") ?? "";
            bool memory = volume.Text("emptyDir", "medium") == "Memory";
            folders[name] = Path.Combine(memory ? memoryFolder : diskFolder, name);
            Directory.CreateDirectory(folders[name]);
            fault = Fill(volume, folders[name]);
            if (fault.Length > 0) return null;
        }

        return folders;
    }

    public void Remove()
    {
        foreach (string folder in (string[])[diskFolder, memoryFolder])
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private string Fill(JsonObject volume, string folder)
    {
        string name = volume.Text("name") ?? "";
        if (volume["configMap"] is JsonObject map) return Project(name, folder, map, "configmaps", map.Text("name") ?? "");
        if (volume["secret"] is JsonObject secret) return Project(name, folder, secret, "secrets", secret.Text("secretName") ?? "");
        return volume.ContainsKey("emptyDir") ? "" : $"MountVolume.SetUp failed for volume \"{name}\" : this node has emptyDir, configMap and secret only";
    }

    private string Project(string volume, string folder, JsonObject source, string resource, string name)
    {
        bool optional = source["optional"] is JsonValue flag && flag.GetValue<bool>();
        JsonObject? item = read(resource, name);
        if (item is null) return optional ? "" : $"MountVolume.SetUp failed for volume \"{volume}\" : {resource[..^1]} \"{name}\" not found";
        Dictionary<string, byte[]> data = Data(item, resource == "secrets");
        foreach ((string key, string path, long? mode) in Selected(source, data))
        {
            if (!data.TryGetValue(key, out byte[]? content))
            {
                if (optional) continue;
                return $"MountVolume.SetUp failed for volume \"{volume}\" : references non-existent key: {key}";
            }

            Write(Path.Combine(folder, path), content, (UnixFileMode)(mode ?? source.Integer("defaultMode") ?? (long)StandardMode));
        }

        return "";
    }

    private static IEnumerable<(string Key, string Path, long? Mode)> Selected(JsonObject source, Dictionary<string, byte[]> data) =>
        source["items"] is JsonArray
            ? source.Items("items").Select(item => (item.Text("key") ?? "", item.Text("path") ?? "", item.Integer("mode")))
            : data.Keys.Select(key => (key, key, (long?)null));

    private static Dictionary<string, byte[]> Data(JsonObject item, bool encoded)
    {
        Dictionary<string, byte[]> data = new(StringComparer.Ordinal);
        foreach ((string key, JsonNode? value) in item["data"] as JsonObject ?? [])
            data[key] = encoded ? Convert.FromBase64String(value.Scalar()) : System.Text.Encoding.UTF8.GetBytes(value.Scalar());
        foreach ((string key, JsonNode? value) in item["binaryData"] as JsonObject ?? []) data[key] = Convert.FromBase64String(value.Scalar());
        return data;
    }

    /// <summary>Replaces a file whole, so that a reader sees the old content or the new.</summary>
    private static void Write(string path, byte[] content, UnixFileMode mode)
    {
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content)) return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string partial = path + ".part";
        File.WriteAllBytes(partial, content);
        File.SetUnixFileMode(partial, mode);
        File.Move(partial, path, overwrite: true);
    }
}
