using System.Diagnostics.CodeAnalysis;
using System.Text;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Registry;

/// <summary>
/// Names and passwords for registries, by host, as Docker writes them (<c>config.json</c>) and as a pull secret of Kubernetes carries them
/// (<c>.dockerconfigjson</c>). It prints no secret. They are texts, because HTTP's headers are: what they open is ciphertext, and the host that gave the pull
/// secret knows it anyway.
/// </summary>
public sealed class RegistryCredentials
{
    private const int LongestDocument = 256 * 1024;
    private const int LongestEntry = 64 * 1024;

    private readonly Dictionary<string, string> _basicByHost;

    private RegistryCredentials(Dictionary<string, string> basicByHost) => _basicByHost = basicByHost;

    /// <summary>Gets the credentials of somebody who has none.</summary>
    public static RegistryCredentials None { get; } = new([]);

    /// <summary>Reads the document.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="credentials">The credentials.</param>
    /// <param name="refusal">What is wrong with it; it repeats no value.</param>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out RegistryCredentials? credentials, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "registry credentials", LongestDocument, Read, out credentials, out refusal);

    /// <inheritdoc/>
    public override string ToString() => $"credentials for {_basicByHost.Count} registries";

    /// <summary>Returns the parameter of <c>Authorization: Basic</c> for a host; null when there is none.</summary>
    internal string? For(string host) => _basicByHost.GetValueOrDefault(host);

    private static RegistryCredentials Read(StrictObject given)
    {
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        StrictObject hosts = given.IgnoreUnknown().Child("auths").IgnoreUnknown();
        foreach (string host in hosts.Names)
        {
            StrictObject entry = hosts.Child(host).IgnoreUnknown();
            string basic = entry.Has("auth") ? entry.Text("auth", LongestEntry)
                : entry.Has("username") ? Join(entry.Text("username"), entry.Text("password", LongestEntry)) : "";
            if (basic.Length > 0)
            {
                found[HostOf(host)] = basic;
            }
        }

        return new RegistryCredentials(found);
    }

    private static string Join(string user, string password) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    // Docker writes some hosts as addresses: https://registry.example/v1/.
    private static string HostOf(string key)
    {
        int scheme = key.IndexOf("://", StringComparison.Ordinal);
        string rest = scheme < 0 ? key : key[(scheme + 3)..];
        return rest.Split('/')[0];
    }
}
