using System.Text.Json.Nodes;

namespace ConfidentialOperator.Rendering;

/// <summary>A pod before it becomes JSON: what the platforms change and the agent policy reads.</summary>
internal sealed record PodLayout
{
    public required IReadOnlyList<ContainerLayout> Containers { get; init; }

    public required IReadOnlyList<VolumeLayout> Volumes { get; init; }

    public string RuntimeClassName { get; init; } = "";

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> NodeSelector { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the guest is measured with the initdata (a Kata guest is; a Nitro enclave is not).</summary>
    public bool CarriesInitData { get; init; }
}

/// <summary>A container of the pod.</summary>
internal sealed record ContainerLayout
{
    public required string Name { get; init; }

    public required string Image { get; init; }

    /// <summary>The command of the image; it is not rendered, but the agent policy pins it.</summary>
    public required string Entrypoint { get; init; }

    public required IReadOnlyList<EnvironmentEntry> Environment { get; init; }

    public required IReadOnlyList<MountLayout> Mounts { get; init; }

    public required IReadOnlyDictionary<string, string> Requests { get; init; }

    public required IReadOnlyDictionary<string, string> Limits { get; init; }

    public IReadOnlyList<(string Name, int Port)> Ports { get; init; } = [];

    public bool HasProbes { get; init; }
}

/// <summary>An environment variable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; null when it comes from the pod.</param>
/// <param name="FieldPath">The field of the pod that it shows; null for a value.</param>
/// <param name="Pattern">What the value looks like in the guest when it depends on the pod; null for exactly the value.</param>
internal sealed record EnvironmentEntry(string Name, string? Value, string? FieldPath = null, string? Pattern = null);

/// <summary>A mount of a volume.</summary>
/// <param name="Volume">The volume's name.</param>
/// <param name="Path">Where it is.</param>
/// <param name="ReadOnly">Whether it is read-only.</param>
internal sealed record MountLayout(string Volume, string Path, bool ReadOnly);

/// <summary>A volume.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Source">Its source, as in a pod.</param>
internal sealed record VolumeLayout(string Name, JsonObject Source)
{
    /// <summary>The source that shows one key of a Secret or ConfigMap, readable by everybody in the pod.</summary>
    public static JsonObject OneKey(string kind, string nameField, string name, string key) => new()
    {
        [kind] = new JsonObject
        {
            [nameField] = name,
            ["items"] = new JsonArray(new JsonObject { ["key"] = key, ["path"] = key }),
            ["defaultMode"] = 292,
        },
    };
}
