using System.Text.Json.Nodes;

namespace ConfidentialOperator.Rendering;

/// <summary>Renders the Service that clients use and the headless one by which replicas find each other.</summary>
internal static class ServiceRenderer
{
    /// <summary>Renders the Service: 443 with the replica's own certificate, 80 behind TLS terminators.</summary>
    public static JsonObject Render(ModelFacts facts) => Object(facts, facts.Name, new JsonObject
    {
        ["ports"] = new JsonArray(Port("https", 443, "https"), Port("http", 80, "http")),
        ["selector"] = facts.SelectorLabels(),
        ["type"] = "ClusterIP",
    });

    /// <summary>Renders the headless Service: only ready replicas are peers, others could not open a forwarded request.</summary>
    public static JsonObject RenderPeers(ModelFacts facts) => Object(facts, Names.Peers(facts.Name), new JsonObject
    {
        ["clusterIP"] = "None",
        ["ports"] = new JsonArray(Port("http", Names.HttpPort, "http"), Port("metrics", Names.MetricsPort, "metrics")),
        ["publishNotReadyAddresses"] = false,
        ["selector"] = facts.SelectorLabels(),
        ["type"] = "ClusterIP",
    });

    private static JsonObject Object(ModelFacts facts, string name, JsonObject spec) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = ModelRenderer.Metadata(facts, name),
        ["spec"] = spec,
    };

    private static JsonObject Port(string name, int port, string target) =>
        new() { ["name"] = name, ["port"] = port, ["protocol"] = "TCP", ["targetPort"] = target };
}
