using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.Lab.Node.Services;

/// <summary>
/// Stands in for the cluster's DNS: the name of a headless Service becomes a file with one <c>ADDRESS:PORT</c> a line, which is kept current.
/// </summary>
internal sealed partial class NameFiles(string folder)
{
    private readonly Lock _gate = new();
    private readonly HashSet<(string Space, string Service, int Port)> _known = [];

    /// <summary>The value of a variable with DNS names replaced by files; every other value as it is.</summary>
    public string Rewrite(string value)
    {
        if (Name().Match(value) is not { Success: true } match) return value;
        (string Space, string Service, int Port) key = (match.Groups[2].Value, match.Groups[1].Value, int.Parse(match.Groups[3].Value));
        string path = PathOf(key);
        lock (_gate)
        {
            if (_known.Add(key) && !File.Exists(path)) Write(path, []);
        }

        return $"file://{path}";
    }

    /// <summary>Writes every file that somebody asked for.</summary>
    public void Update(Store store)
    {
        lock (_gate)
        {
            foreach ((string Space, string Service, int Port) key in _known)
            {
                JsonObject? service = store.Get("services", key.Space, key.Service);
                JsonObject port = new() { ["port"] = key.Port };
                Write(PathOf(key), service is null ? [] : [.. ServicePods.Endpoints(store, service, port)]);
            }
        }
    }

    private string PathOf((string Space, string Service, int Port) key) => Path.Combine(folder, key.Space, $"{key.Service}-{key.Port}");

    private static void Write(string path, IReadOnlyList<IPEndPoint> addresses)
    {
        string text = string.Concat(addresses.Select(address => $"{address}\n"));
        if (File.Exists(path) && File.ReadAllText(path) == text) return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string partial = path + ".part";
        File.WriteAllText(partial, text);
        File.Move(partial, path, overwrite: true);
    }

    [GeneratedRegex(@"^dns:///([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?:([0-9]+)$")]
    private static partial Regex Name();
}
