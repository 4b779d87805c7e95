using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.Lab.Node.Control;

/// <summary>Writes events as the components of a cluster do: the same event again only counts up.</summary>
internal sealed class EventLog(Store store, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);

    public void Normal(JsonObject subject, string component, string reason, string message) => Record(subject, component, "Normal", reason, message);

    public void Warning(JsonObject subject, string component, string reason, string message) => Record(subject, component, "Warning", reason, message);

    private void Record(JsonObject subject, string component, string type, string reason, string message)
    {
        string space = subject.Namespace() is { Length: > 0 } named ? named : "default";
        string now = Times.Text(time.GetUtcNow());
        string key = string.Join('\n', subject.Uid(), component, type, reason, message);
        string name = _names.GetOrAdd(key, _ => $"{subject.Name()}.{Guid.NewGuid().ToString("N")[..16]}");
        try
        {
            bool counted = store.Modify("events", space, name, item =>
            {
                item["count"] = (item.Integer("count") ?? 1) + 1;
                item["lastTimestamp"] = now;
            }) is not null;
            if (!counted) store.Create(New(subject, space, name, component, type, reason, message, now));
        }
        catch (ApiStatusException)
        {
            // The namespace is being deleted; an event of it is of no use to anybody.
        }
    }

    private static JsonObject New(
        JsonObject subject, string space, string name, string component, string type, string reason, string message, string now) => new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = space },
            ["involvedObject"] = new JsonObject
            {
                ["apiVersion"] = subject.Text("apiVersion"),
                ["kind"] = subject.Text("kind"),
                ["namespace"] = subject.Namespace(),
                ["name"] = subject.Name(),
                ["uid"] = subject.Uid(),
                ["resourceVersion"] = subject.Text("metadata", "resourceVersion"),
            },
            ["type"] = type,
            ["reason"] = reason,
            ["message"] = message,
            ["source"] = new JsonObject { ["component"] = component },
            ["reportingComponent"] = component,
            ["reportingInstance"] = ClusterObjects.NodeName,
            ["firstTimestamp"] = now,
            ["lastTimestamp"] = now,
            ["count"] = 1,
        };
}
