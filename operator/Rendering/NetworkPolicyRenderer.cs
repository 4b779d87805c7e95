using System.Text.Json.Nodes;

namespace ConfidentialOperator.Rendering;

/// <summary>
/// Renders the NetworkPolicy: anybody may ask, but the pod itself reaches only DNS, the broker, the model's source and its siblings.
/// It is a second fence: the first one is that Inference has no network at all.
/// </summary>
internal static class NetworkPolicyRenderer
{
    /// <summary>Renders the NetworkPolicy.</summary>
    public static JsonObject Render(ModelFacts facts) => new()
    {
        ["apiVersion"] = "networking.k8s.io/v1",
        ["kind"] = "NetworkPolicy",
        ["metadata"] = ModelRenderer.Metadata(facts, facts.Name),
        ["spec"] = new JsonObject
        {
            ["egress"] = new JsonArray([.. Egress(facts)]),
            ["ingress"] = new JsonArray(new JsonObject
            {
                ["ports"] = new JsonArray(Port(Names.HttpsPort), Port(Names.HttpPort), Port(Names.MetricsPort)),
            }),
            ["podSelector"] = new JsonObject { ["matchLabels"] = facts.SelectorLabels() },
            ["policyTypes"] = new JsonArray("Ingress", "Egress"),
        },
    };

    private static IEnumerable<JsonNode> Egress(ModelFacts facts)
    {
        yield return new JsonObject { ["ports"] = new JsonArray(Port(53, "UDP"), Port(53)) };
        yield return Rule(new Uri(facts.Spec.Attestation.KeyBroker.Url));
        if (Source(facts.Spec.Model.Uri) is { } source)
        {
            yield return Rule(source);
        }

        yield return new JsonObject
        {
            ["ports"] = new JsonArray(Port(Names.HttpPort)),
            ["to"] = new JsonArray(new JsonObject { ["podSelector"] = new JsonObject { ["matchLabels"] = facts.SelectorLabels() } }),
        };
    }

    // A policy cannot name hosts: a Service of the cluster becomes its namespace, everything else only its port.
    private static JsonObject Rule(Uri target)
    {
        JsonObject rule = new() { ["ports"] = new JsonArray(Port(target.Port)) };
        string[] labels = target.Host.Split('.');
        if (labels.Length >= 3 && labels[2] == "svc")
        {
            rule["to"] = new JsonArray(new JsonObject
            {
                ["namespaceSelector"] = new JsonObject
                {
                    ["matchLabels"] = new JsonObject { ["kubernetes.io/metadata.name"] = labels[1] },
                },
            });
        }

        return rule;
    }

    // Registries and object stores are spoken to by https; a volume or a folder needs no network.
    private static Uri? Source(string uri) => uri.Split("://")[0] switch
    {
        "https" => Uri.TryCreate(uri, UriKind.Absolute, out Uri? address) ? address : null,
        "oci" => Uri.TryCreate("https" + uri[3..].Split('@')[0], UriKind.Absolute, out Uri? registry) ? registry : null,
        "s3" => new Uri("https://source.invalid"),
        _ => null,
    };

    private static JsonObject Port(int port, string protocol = "TCP") => new() { ["port"] = port, ["protocol"] = protocol };
}
