using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tables;

/// <summary>The columns of built-in kinds; names and order are those of the Kubernetes API server.</summary>
internal static class BuiltinColumns
{
    public static IReadOnlyList<Column> Of(string kind, Func<string?, string> age)
    {
        Column name = new("Name", item => item.Name(), Format: "name");
        Column ageColumn = new("Age", item => age(item.Text("metadata", "creationTimestamp")));
        return kind switch
        {
            "Pod" => [name, .. PodColumns.Front, ageColumn, .. PodColumns.Wide],
            "Event" => EventColumns.Of(age),
            "Deployment" => [name, .. Deployment(), ageColumn, .. Template()],
            "ReplicaSet" => [name, .. ReplicaSet(), ageColumn, .. Template()],
            "Service" => [name, .. Service(), ageColumn, new("Selector", item => Pairs(item.Find("spec", "selector")), 1)],
            "Node" => [name, .. NodeColumns.Front, ageColumn, .. NodeColumns.Wide],
            "CustomResourceDefinition" or "Role" or "ClusterRole" =>
                [name, new("Created At", item => item.Text("metadata", "creationTimestamp"), Type: "date")],
            _ => [name, .. Simple(kind), ageColumn],
        };
    }

    public static string Or(string? text, string otherwise = "<none>") => text is { Length: > 0 } ? text : otherwise;

    public static string Pairs(JsonNode? labels) => labels is JsonObject { Count: > 0 } map
        ? string.Join(",", map.Select(pair => $"{pair.Key}={pair.Value.Scalar()}"))
        : "<none>";

    private static Column[] Simple(string kind) => kind switch
    {
        "Namespace" => [new("Status", item => item.Text("status", "phase"))],
        "ConfigMap" => [new("Data", item => Count(item["data"]) + Count(item["binaryData"]))],
        "Secret" => [new("Type", item => item.Text("type")), new("Data", item => Count(item["data"]))],
        "ServiceAccount" => [new("Secrets", item => item.Items("secrets").Count())],
        "Lease" => [new("Holder", item => item.Text("spec", "holderIdentity") ?? "")],
        "RuntimeClass" => [new("Handler", item => item.Text("handler"))],
        "NetworkPolicy" => [new("Pod-Selector", item => Pairs(item.Find("spec", "podSelector", "matchLabels")))],
        "PodDisruptionBudget" => Budget(),
        "Endpoints" => [new("Endpoints", Addresses)],
        "EndpointSlice" => Slice(),
        "PersistentVolumeClaim" => Claim(),
        "RoleBinding" or "ClusterRoleBinding" => [new("Role", item => $"{item.Text("roleRef", "kind")}/{item.Text("roleRef", "name")}")],
        "APIService" => [new("Service", _ => "Local"), new("Available", _ => "True")],
        _ => [],
    };

    private static int Count(JsonNode? map) => map is JsonObject item ? item.Count : 0;

    private static Column[] Deployment() =>
    [
        new("Ready", item => $"{item.Integer("status", "readyReplicas") ?? 0}/{item.Integer("spec", "replicas") ?? 0}"),
        new("Up-to-date", item => item.Integer("status", "updatedReplicas") ?? 0),
        new("Available", item => item.Integer("status", "availableReplicas") ?? 0),
    ];

    private static Column[] ReplicaSet() =>
    [
        new("Desired", item => item.Integer("spec", "replicas") ?? 0, Type: "integer"),
        new("Current", item => item.Integer("status", "replicas") ?? 0, Type: "integer"),
        new("Ready", item => item.Integer("status", "readyReplicas") ?? 0, Type: "integer"),
    ];

    private static Column[] Template() =>
    [
        new("Containers", item => Joined(item, "name"), 1),
        new("Images", item => Joined(item, "image"), 1),
        new("Selector", item => Pairs(item.Find("spec", "selector", "matchLabels")), 1),
    ];

    private static string Joined(JsonObject item, string member) =>
        string.Join(",", item.Items("spec", "template", "spec", "containers").Select(container => container.Text(member)));

    private static Column[] Service() =>
    [
        new("Type", item => item.Text("spec", "type")),
        new("Cluster-IP", item => Or(item.Text("spec", "clusterIP"))),
        new("External-IP", _ => "<none>"),
        new("Port(s)", item => Or(string.Join(",", item.Items("spec", "ports").Select(port => $"{port["port"]}/{port.Text("protocol")}")))),
    ];

    private static Column[] Budget() =>
    [
        new("Min Available", item => Or(item.Find("spec", "minAvailable").Scalar(), "N/A")),
        new("Max Unavailable", item => Or(item.Find("spec", "maxUnavailable").Scalar(), "N/A")),
        new("Allowed Disruptions", item => item.Integer("status", "disruptionsAllowed") ?? 0, Type: "integer"),
    ];

    private static JsonNode? Addresses(JsonObject item) => Or(string.Join(",",
        from subset in item.Items("subsets")
        from address in subset.Items("addresses")
        from port in subset.Items("ports")
        select $"{address.Text("ip")}:{port["port"]}"));

    private static Column[] Slice() =>
    [
        new("AddressType", item => item.Text("addressType")),
        new("Ports", item => Or(string.Join(",", item.Items("ports").Select(port => port["port"].Scalar())), "<unset>")),
        new("Endpoints", item => Or(string.Join(",",
            item.Items("endpoints").SelectMany(endpoint => endpoint["addresses"] as JsonArray ?? []).Select(address => address.Scalar())), "<unset>")),
    ];

    private static Column[] Claim() =>
    [
        new("Status", item => item.Text("status", "phase")),
        new("Volume", item => item.Text("spec", "volumeName") ?? ""),
        new("Capacity", item => item.Find("status", "capacity", "storage").Scalar()),
        new("Access Modes", item => string.Join(",", (item.Find("spec", "accessModes") as JsonArray ?? []).Select(mode => mode.Scalar()))),
        new("StorageClass", item => item.Text("spec", "storageClassName") ?? ""),
    ];
}
