using System.Text.Json;
using ConfidentialOperator.Controller.Kubernetes;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>An object of which only the existence matters.</summary>
internal sealed record NamedObject(ObjectKey Key, string Uid, long Version) : ICached
{
    public ObjectKey? Model => null;

    public static NamedObject Read(JsonElement item) => new(item.KeyOf(), item.Metadata().Text("uid"), item.VersionOf());
}
