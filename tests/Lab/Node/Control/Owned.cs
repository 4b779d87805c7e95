using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.Lab.Node.Control;

/// <summary>Objects and the controller that owns them.</summary>
internal static class Owned
{
    /// <summary>The objects of a namespace that an owner controls.</summary>
    public static IEnumerable<JsonObject> By(Store store, JsonObject owner, string resource) =>
        store.List(resource, owner.Namespace()).Where(item => item.Items("metadata", "ownerReferences").Any(reference => reference.Text("uid") == owner.Uid()));

    public static JsonArray Reference(JsonObject owner) =>
    [
        new JsonObject
        {
            ["apiVersion"] = owner.Text("apiVersion"),
            ["kind"] = owner.Text("kind"),
            ["name"] = owner.Name(),
            ["uid"] = owner.Uid(),
            ["controller"] = true,
            ["blockOwnerDeletion"] = true,
        },
    ];

    public static bool IsLeaving(JsonObject item) => item.Find("metadata", "deletionTimestamp") is not null;
}
