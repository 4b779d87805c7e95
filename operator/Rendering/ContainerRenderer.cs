using System.Text.Json.Nodes;

namespace ConfidentialOperator.Rendering;

/// <summary>Renders one container, restricted as far as Kubernetes can restrict it.</summary>
internal static class ContainerRenderer
{
    /// <summary>Renders a container.</summary>
    public static JsonObject Render(ContainerLayout container)
    {
        JsonObject rendered = new()
        {
            ["name"] = container.Name,
            ["image"] = container.Image,
            ["imagePullPolicy"] = "IfNotPresent",
            ["env"] = new JsonArray([.. container.Environment.Select(Variable)]),
        };
        if (container.Ports.Count > 0)
        {
            rendered["ports"] = new JsonArray([.. container.Ports.Select(Port)]);
        }

        rendered["resources"] = new JsonObject { ["limits"] = Amounts(container.Limits), ["requests"] = Amounts(container.Requests) };
        rendered["securityContext"] = new JsonObject
        {
            ["allowPrivilegeEscalation"] = false,
            ["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") },
            ["privileged"] = false,
            ["readOnlyRootFilesystem"] = true,
            ["runAsGroup"] = Names.User,
            ["runAsNonRoot"] = true,
            ["runAsUser"] = Names.User,
            ["seccompProfile"] = new JsonObject { ["type"] = "RuntimeDefault" },
        };
        rendered["volumeMounts"] = new JsonArray([.. container.Mounts.Select(Mount)]);
        if (container.HasProbes)
        {
            AddProbes(rendered);
        }

        return rendered;
    }

    // A strict agent policy denies exec, so probes are requests. Loading a large model takes long, but only readiness waits for it.
    private static void AddProbes(JsonObject rendered)
    {
        rendered["startupProbe"] = Probe("/healthz", period: 1, failures: 120);
        rendered["livenessProbe"] = Probe("/healthz", period: 10, failures: 6);
        rendered["readinessProbe"] = Probe("/readyz", period: 2, failures: 3);
    }

    private static JsonObject Probe(string path, int period, int failures) => new()
    {
        ["httpGet"] = new JsonObject { ["path"] = path, ["port"] = Names.HttpPort, ["scheme"] = "HTTP" },
        ["periodSeconds"] = period,
        ["timeoutSeconds"] = 5,
        ["successThreshold"] = 1,
        ["failureThreshold"] = failures,
    };

    private static JsonObject Variable(EnvironmentEntry entry) => entry.FieldPath is null
        ? new JsonObject { ["name"] = entry.Name, ["value"] = entry.Value }
        : new JsonObject
        {
            ["name"] = entry.Name,
            ["valueFrom"] = new JsonObject
            {
                ["fieldRef"] = new JsonObject { ["apiVersion"] = "v1", ["fieldPath"] = entry.FieldPath },
            },
        };

    private static JsonObject Port((string Name, int Port) port) =>
        new() { ["name"] = port.Name, ["containerPort"] = port.Port, ["protocol"] = "TCP" };

    private static JsonObject Mount(MountLayout mount)
    {
        JsonObject rendered = new() { ["name"] = mount.Volume, ["mountPath"] = mount.Path };
        if (mount.ReadOnly)
        {
            rendered["readOnly"] = true;
        }

        return rendered;
    }

    private static JsonObject Amounts(IReadOnlyDictionary<string, string> amounts) =>
        new(amounts.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
}
