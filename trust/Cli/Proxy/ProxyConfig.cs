using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Endpoints;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Json;
using ConfidentialOperator.Rendering.Yaml;

namespace ConfidentialOperator.Cli.Proxy;

/// <summary>
/// The proxy's file, YAML or JSON: <c>models</c>, each with <c>endpoint</c>, <c>policy</c>, <c>owners</c> and, if wanted, <c>name</c>,
/// <c>developmentRoots</c> and <c>ca</c>. Paths are relative to the file. Members that are not known are refused.
/// </summary>
internal static class ProxyConfig
{
    private const int LongestFile = 1024 * 1024;
    private const int MostModels = 256;
    private const int MostFiles = 16;

    public static IReadOnlyList<(string? Name, ModelTarget Target)> Read(FileInfo file)
    {
        if (!YamlReader.TryRead(InputFile.Text(file, LongestFile), out IReadOnlyList<JsonNode> documents, out string? error) || documents.Count != 1)
        {
            throw new CommandRefusedException(RefusalReason.Malformed, $"'{file}' is refused: {error ?? $"one document was expected, {documents.Count} were found"}.");
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(documents[0]);
        return StrictJson.TryRead(json, $"proxy configuration '{file.Name}'", LongestFile, given => new Entries(ReadModels(given, file)), out Entries? entries, out Refusal? refusal)
            ? entries.Models : throw new CommandRefusedException(refusal);
    }

    private static IReadOnlyList<(string? Name, ModelTarget Target)> ReadModels(StrictObject given, FileInfo file)
    {
        IReadOnlyList<(string?, ModelTarget)> models = given.Objects("models", MostModels, entry => ReadModel(entry, file.DirectoryName!));
        if (models.Count == 0)
        {
            given.Fail("models", "must name at least one model");
        }

        return models;
    }

    private static (string? Name, ModelTarget Target) ReadModel(StrictObject entry, string folder)
    {
        FileInfo Path(string path) => new(System.IO.Path.Combine(folder, path));
        string endpoint = entry.Name("endpoint", 2048);
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
        {
            entry.Fail("endpoint", "must be an http or https address without credentials");
            address = new Uri("http://127.0.0.1");
        }

        IReadOnlyList<string> owners = entry.Texts("owners", MostFiles);
        if (owners.Count == 0)
        {
            entry.Fail("owners", "must name at least one public key");
        }

        var target = new ModelTarget
        {
            Endpoint = address,
            Policy = Path(entry.Name("policy", 4096)),
            Owners = [.. owners.Select(Path)],
            DevelopmentRoots = entry.Has("developmentRoots") ? [.. entry.Texts("developmentRoots", MostFiles).Select(Path)] : [],
            Ca = entry.Has("ca") ? Path(entry.Name("ca", 4096)) : null,
        };
        return (entry.Has("name") ? entry.Name("name") : null, target);
    }

    private sealed record Entries(IReadOnlyList<(string? Name, ModelTarget Target)> Models);
}
