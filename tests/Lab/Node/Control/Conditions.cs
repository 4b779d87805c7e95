using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.Lab.Node.Control;

/// <summary>Conditions of a status: the time of the last transition moves only when the status does.</summary>
internal static class Conditions
{
    public static void Set(JsonObject status, string type, bool holds, string reason, string message, string now, bool withUpdateTime = false)
    {
        if (status["conditions"] is not JsonArray conditions) status["conditions"] = conditions = [];
        JsonObject? condition = conditions.OfType<JsonObject>().FirstOrDefault(entry => entry.Text("type") == type);
        if (condition is null) conditions.Add(condition = new JsonObject { ["type"] = type });
        string text = holds ? "True" : "False";
        bool changed = condition.Text("status") != text;
        bool said = changed || condition.Text("reason") != reason || condition.Text("message") != message;
        if (changed) condition["lastTransitionTime"] = now;
        if (withUpdateTime && said) condition["lastUpdateTime"] = now;
        condition["status"] = text;
        Put(condition, "reason", reason);
        Put(condition, "message", message);
    }

    public static bool Holds(JsonNode? item, string type) =>
        item.Items("status", "conditions").Any(condition => condition.Text("type") == type && condition.Text("status") == "True");

    private static void Put(JsonObject condition, string name, string value)
    {
        if (value.Length > 0) condition[name] = value;
        else condition.Remove(name);
    }
}
