using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.Lab.Node.Containers;

/// <summary>A probe by request.</summary>
internal sealed record Probe
{
    /// <summary>A name for messages: Startup, Liveness or Readiness.</summary>
    public required string Kind { get; init; }

    public required Uri Address { get; init; }

    public required TimeSpan InitialDelay { get; init; }

    public required TimeSpan Period { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required int SuccessThreshold { get; init; }

    public required int FailureThreshold { get; init; }

    /// <summary>Reads a probe of a container; null when it has none of that kind.</summary>
    public static Probe? Read(JsonObject container, string kind, string podAddress)
    {
        JsonNode? probe = container[$"{char.ToLowerInvariant(kind[0])}{kind[1..]}Probe"];
        if (probe.Find("httpGet") is not JsonObject get) return null;
        string scheme = (get.Text("scheme") ?? "HTTP").ToLowerInvariant();
        return new Probe
        {
            Kind = kind,
            Address = new Uri($"{scheme}://{get.Text("host") ?? podAddress}:{Port(container, get["port"])}{get.Text("path") ?? "/"}"),
            InitialDelay = TimeSpan.FromSeconds(probe.Integer("initialDelaySeconds") ?? 0),
            Period = TimeSpan.FromSeconds(probe.Integer("periodSeconds") ?? 10),
            Timeout = TimeSpan.FromSeconds(probe.Integer("timeoutSeconds") ?? 1),
            SuccessThreshold = (int)(probe.Integer("successThreshold") ?? 1),
            FailureThreshold = (int)(probe.Integer("failureThreshold") ?? 3),
        };
    }

    private static long Port(JsonObject container, JsonNode? port) => port.AsText() is { } name
        ? container.Items("ports").FirstOrDefault(candidate => candidate.Text("name") == name).Integer("containerPort") ?? 0
        : port.Integer() ?? 0;
}
