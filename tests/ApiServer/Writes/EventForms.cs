using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;

namespace ConfidentialOperator.ApiServer.Writes;

/// <summary>Turns stored objects into the version that is asked for; only events and versions of custom kinds differ.</summary>
internal static class EventForms
{
    private static readonly (string Core, string Modern)[] s_names =
    [
        ("involvedObject", "regarding"), ("message", "note"), ("reportingComponent", "reportingController"), ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"), ("lastTimestamp", "deprecatedLastTimestamp"), ("count", "deprecatedCount"),
    ];

    /// <summary>The form that is stored: events as <c>v1</c>.</summary>
    public static JsonObject Store(ResourceKind kind, JsonObject item)
    {
        if (kind.Group != "events.k8s.io") return item;
        JsonObject stored = item.Copy();
        foreach ((string core, string modern) in s_names) Rename(stored, modern, core);
        stored["apiVersion"] = "v1";
        return stored;
    }

    /// <summary>The form that is served by a kind.</summary>
    public static JsonObject Serve(ResourceKind kind, JsonObject stored)
    {
        if (kind.Group == "events.k8s.io")
        {
            foreach ((string core, string modern) in s_names) Rename(stored, core, modern);
        }

        stored["apiVersion"] = kind.ApiVersion;
        return stored;
    }

    /// <summary>Gets whether a stored object must be rewritten before a kind can serve it.</summary>
    public static bool MustConvert(ResourceKind kind, ReadOnlySpan<byte> stored) =>
        kind.Group == "events.k8s.io" || (kind.IsCustom && stored.IndexOf(System.Text.Encoding.UTF8.GetBytes($"\"{kind.ApiVersion}\"")) < 0);

    private static void Rename(JsonObject item, string from, string to)
    {
        if (!item.Remove(from, out JsonNode? value)) return;
        item[to] = value;
    }
}
