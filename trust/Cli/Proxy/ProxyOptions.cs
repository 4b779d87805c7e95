using System.Net;
using ConfidentialOperator.Cli.Endpoints;

namespace ConfidentialOperator.Cli.Proxy;

/// <summary>What a proxy serves, and where.</summary>
internal sealed record ProxyOptions
{
    /// <summary>Gets the address to listen on; port 0 takes any free one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Gets the models by the names that clients use.</summary>
    public required IReadOnlyDictionary<string, ModelConnection> Models { get; init; }

    /// <summary>Gets a caller's key for requests that bring none.</summary>
    public string? ApiKey { get; init; }
}
