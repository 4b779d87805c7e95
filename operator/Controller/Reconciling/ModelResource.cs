using System.Text.Json;
using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Reading;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>A ConfidentialModel as the API server has it; its specification may be wrong.</summary>
internal sealed record ModelResource : ICached
{
    public required ObjectKey Key { get; init; }

    public required string Uid { get; init; }

    public required long Version { get; init; }

    public required long Generation { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }

    public IReadOnlyList<string> Finalizers { get; init; } = [];

    /// <summary>Gets the whole object.</summary>
    public required JsonElement Content { get; init; }

    public ObjectKey? Model => Key;

    public static ModelResource Read(JsonElement item) => new()
    {
        Key = item.KeyOf(),
        Uid = item.Metadata().Text("uid"),
        Version = item.VersionOf(),
        Generation = item.Metadata().TryNumber("generation") ?? 0,
        DeletedAt = item.Metadata().TryTime("deletionTimestamp"),
        Finalizers = [.. item.Metadata().Items("finalizers").Select(finalizer => finalizer.GetString() ?? "")],
        Content = item.Slim(),
    };

    /// <summary>Reads the status; one that cannot be read counts as none and is written anew.</summary>
    public ConfidentialModelStatus? ReadStatus()
    {
        try
        {
            return Content.Member("status")?.Deserialize<ConfidentialModelStatus>(ConfidentialModelReader.JsonOptions);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
