using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.InitData;
using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Reading;

namespace ConfidentialOperator.Rendering;

/// <summary>Renders the pod: the inference container here, the sidecar by <see cref="SidecarInjector"/>, the hardware by the platforms.</summary>
internal static class PodRenderer
{
    /// <summary>Lays out the inference container and the volumes that both containers share.</summary>
    public static PodLayout Inference(ModelFacts facts)
    {
        RuntimeSpec runtime = facts.Spec.Runtime;
        Dictionary<string, string> limits = Texts(runtime.Resources.Limits);
        return new PodLayout
        {
            Containers =
            [
                new ContainerLayout
                {
                    Name = Names.InferenceContainer,
                    Image = runtime.Image,
                    Entrypoint = "/app/ConfidentialOperator.Inference",
                    Environment = Environment(facts),
                    Mounts =
                    [
                        new MountLayout("run", Names.RuntimeDirectory, ReadOnly: false),
                        new MountLayout("model", Names.ModelDirectory, ReadOnly: true),
                    ],
                    Limits = limits,
                    Requests = runtime.Resources.Requests is null ? limits : Texts(runtime.Resources.Requests),
                },
            ],
            Volumes =
            [
                new VolumeLayout("run", new JsonObject
                {
                    ["emptyDir"] = new JsonObject { ["medium"] = "Memory", ["sizeLimit"] = "16Mi" },
                }),

                // The model must fit into the container's memory once it is open, so its ciphertext needs no more than that.
                new VolumeLayout("model", new JsonObject
                {
                    ["emptyDir"] = new JsonObject { ["sizeLimit"] = limits["memory"] },
                }),
            ],
        };
    }

    /// <summary>Renders the template of the Deployment.</summary>
    public static JsonObject Template(ModelFacts facts, PodLayout pod, InitDataDocument initData)
    {
        JsonObject annotations = new() { [Names.InitDataDigestAnnotation] = "sha256:" + initData.Sha256 };
        foreach ((string name, string value) in pod.Annotations.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            annotations[name] = value;
        }

        if (pod.CarriesInitData)
        {
            annotations[InitDataDocument.Annotation] = initData.ToAnnotation();
        }

        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = facts.Labels(), ["annotations"] = annotations },
            ["spec"] = Spec(facts, pod),
        };
    }

    private static EnvironmentEntry[] Environment(ModelFacts facts) =>
    [
        new("DOTNET_EnableDiagnostics", "0"),
        new("Inference__RuntimeDirectory", Names.RuntimeDirectory),
        new("Inference__ModelDirectory", Names.ModelDirectory),
        new("Inference__Model__Name", facts.ModelName),
        new("Inference__Model__Task", facts.Spec.Model.Task),
        new("Inference__Model__ManifestDigest", facts.Spec.Model.ManifestDigest),
        new("Inference__Access__Mode", facts.Spec.Access.Mode),
        new("Inference__MaxConcurrentRequests", facts.Spec.Runtime.MaxConcurrentRequests.ToString()),
        new("Inference__Padding", facts.Spec.Runtime.Padding),
    ];

    private static JsonObject Spec(ModelFacts facts, PodLayout pod)
    {
        JsonObject spec = new()
        {
            ["automountServiceAccountToken"] = false,
            ["containers"] = new JsonArray([.. pod.Containers.Select(container => (JsonNode)ContainerRenderer.Render(container))]),
            ["enableServiceLinks"] = false,
            ["restartPolicy"] = "Always",
            ["securityContext"] = new JsonObject
            {
                ["fsGroup"] = Names.User,
                ["runAsGroup"] = Names.User,
                ["runAsNonRoot"] = true,
                ["runAsUser"] = Names.User,
                ["seccompProfile"] = new JsonObject { ["type"] = "RuntimeDefault" },
                ["supplementalGroups"] = new JsonArray(Names.User),
            },
            ["terminationGracePeriodSeconds"] = 30,
            ["volumes"] = new JsonArray([.. pod.Volumes.Select(Volume)]),
        };
        Place(spec, facts.Spec.Placement, pod);
        return spec;
    }

    private static void Place(JsonObject spec, PlacementSpec? placement, PodLayout pod)
    {
        if (pod.RuntimeClassName.Length > 0)
        {
            spec["runtimeClassName"] = pod.RuntimeClassName;
        }

        SortedDictionary<string, string> selector = new(StringComparer.Ordinal);
        foreach ((string name, string value) in pod.NodeSelector.Concat(placement?.NodeSelector ?? new Dictionary<string, string>()))
        {
            selector[name] = value;
        }

        if (selector.Count > 0)
        {
            spec["nodeSelector"] = new JsonObject(selector.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
        }

        if (placement?.Tolerations is { Count: > 0 } tolerations)
        {
            spec["tolerations"] = JsonSerializer.SerializeToNode(tolerations, ConfidentialModelReader.JsonOptions);
        }

        if (placement?.Affinity is { Count: > 0 } affinity)
        {
            spec["affinity"] = affinity.DeepClone();
        }
    }

    private static JsonObject Volume(VolumeLayout volume)
    {
        JsonObject rendered = new() { ["name"] = volume.Name };
        foreach ((string name, JsonNode? value) in volume.Source)
        {
            rendered[name] = value!.DeepClone();
        }

        return rendered;
    }

    private static Dictionary<string, string> Texts(IReadOnlyDictionary<string, Quantity>? quantities) =>
        (quantities ?? new Dictionary<string, Quantity>()).ToDictionary(entry => entry.Key, entry => entry.Value.Text, StringComparer.Ordinal);
}
