using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.ApiServer.Writes;

/// <summary>The defaults of built-in kinds that their OpenAPI schemas do not carry.</summary>
internal sealed class BuiltinDefaults(ObjectDatabase database)
{
    private int _nextAddress = 1;

    public void Apply(ResourceKind kind, JsonObject item, bool creating)
    {
        switch (kind.Kind)
        {
            case "Pod" when kind.Group.Length == 0:
                PodSpec(item.Child("spec"), template: false);
                if (creating) item.Child("status")["phase"] = "Pending";
                break;
            case "Deployment": Deployment(item.Child("spec")); break;
            case "ReplicaSet":
                Set(item.Child("spec"), "replicas", 1);
                PodSpec(item["spec"]!.AsObject().Child("template").Child("spec"), template: true);
                break;
            case "Service": Service(item.Child("spec")); break;
            case "Secret": Secret(item); break;
            case "Namespace" when creating:
                item.Child("spec")["finalizers"] = new JsonArray("kubernetes");
                item["status"] = new JsonObject { ["phase"] = "Active" };
                item.Metadata().Child("labels")["kubernetes.io/metadata.name"] = item.Name();
                break;
            case "NetworkPolicy": NetworkPolicy(item.Child("spec")); break;
            case "CustomResourceDefinition":
                Definition(item.Child("spec"));
                DefinitionRules.Establish(item, database.Now);
                break;
        }
    }

    private static void Deployment(JsonObject spec)
    {
        Set(spec, "replicas", 1);
        Set(spec, "revisionHistoryLimit", 10);
        Set(spec, "progressDeadlineSeconds", 600);
        JsonObject strategy = spec.Child("strategy");
        Set(strategy, "type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            Set(strategy.Child("rollingUpdate"), "maxSurge", "25%");
            Set(strategy.Child("rollingUpdate"), "maxUnavailable", "25%");
        }

        PodSpec(spec.Child("template").Child("spec"), template: true);
    }

    private static void PodSpec(JsonObject spec, bool template)
    {
        Set(spec, "restartPolicy", "Always");
        Set(spec, "dnsPolicy", "ClusterFirst");
        Set(spec, "schedulerName", "default-scheduler");
        Set(spec, "terminationGracePeriodSeconds", 30);
        Set(spec, "securityContext", new JsonObject());
        if (!template)
        {
            Set(spec, "enableServiceLinks", true);
            Set(spec, "serviceAccountName", "default");
        }

        if (spec.Text("serviceAccountName") is { } account) Set(spec, "serviceAccount", account);
        foreach (JsonObject container in spec.Items("containers").Concat(spec.Items("initContainers"))) Container(container);
        foreach (JsonObject volume in spec.Items("volumes")) Volume(volume);
    }

    private static void Container(JsonObject container)
    {
        string image = container.Text("image") ?? "";
        bool latest = image.EndsWith(":latest", StringComparison.Ordinal) || !image[(image.LastIndexOf('/') + 1)..].Contains(':', StringComparison.Ordinal);
        Set(container, "imagePullPolicy", latest ? "Always" : "IfNotPresent");
        Set(container, "terminationMessagePath", "/dev/termination-log");
        Set(container, "terminationMessagePolicy", "File");
        Set(container, "resources", new JsonObject());
        foreach (string name in (string[])["livenessProbe", "readinessProbe", "startupProbe"])
        {
            if (container[name] is JsonObject probe) Probe(probe);
        }

        foreach (JsonObject variable in container.Items("env"))
        {
            if (variable.Find("valueFrom", "fieldRef") is JsonObject reference) Set(reference, "apiVersion", "v1");
        }
    }

    private static void Probe(JsonObject probe)
    {
        Set(probe, "timeoutSeconds", 1);
        Set(probe, "periodSeconds", 10);
        Set(probe, "successThreshold", 1);
        Set(probe, "failureThreshold", 3);
        if (probe["httpGet"] is JsonObject get) Set(get, "scheme", "HTTP");
    }

    private static void Volume(JsonObject volume)
    {
        foreach (string source in (string[])["configMap", "secret", "projected", "downwardAPI"])
        {
            if (volume[source] is JsonObject found) Set(found, "defaultMode", 420);
        }
    }

    private void Service(JsonObject spec)
    {
        Set(spec, "type", "ClusterIP");
        Set(spec, "sessionAffinity", "None");
        Set(spec, "internalTrafficPolicy", "Cluster");
        Set(spec, "ipFamilies", new JsonArray("IPv4"));
        Set(spec, "ipFamilyPolicy", "SingleStack");
        foreach (JsonObject port in spec.Items("ports"))
        {
            Set(port, "protocol", "TCP");
            if (port["port"] is { } number) Set(port, "targetPort", number.DeepClone());
        }

        if (spec.Text("type") == "ExternalName") return;
        if (spec.Text("clusterIP") is not { Length: > 0 }) spec["clusterIP"] = NextAddress();
        spec["clusterIPs"] = new JsonArray(spec.Text("clusterIP"));
    }

    private string NextAddress()
    {
        lock (database.Gate)
        {
            _nextAddress++;
            return $"{database.ServiceNetwork}.{_nextAddress / 256 % 256}.{_nextAddress % 256}";
        }
    }

    private static void Secret(JsonObject item)
    {
        Set(item, "type", "Opaque");
        if (item["stringData"] is not JsonObject plain) return;
        foreach ((string name, JsonNode? value) in plain)
            item.Child("data")[name] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value.Scalar()));
        item.Remove("stringData");
    }

    private static void NetworkPolicy(JsonObject spec)
    {
        Set(spec, "policyTypes", spec.ContainsKey("egress") ? new JsonArray("Ingress", "Egress") : new JsonArray("Ingress"));
        foreach (JsonObject port in spec.Items("ingress").Concat(spec.Items("egress")).SelectMany(rule => rule.Items("ports")))
            Set(port, "protocol", "TCP");
    }

    private static void Definition(JsonObject spec)
    {
        Set(spec, "conversion", new JsonObject { ["strategy"] = "None" });
        JsonObject names = spec.Child("names");
        string kind = names.Text("kind") ?? "";
        Set(names, "singular", kind.ToLowerInvariant());
        Set(names, "listKind", kind + "List");
    }

    private static void Set(JsonObject item, string name, JsonNode? value)
    {
        if (item[name] is null) item[name] = value;
    }
}
