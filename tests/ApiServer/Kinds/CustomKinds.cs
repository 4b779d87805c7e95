using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Schemas;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.ApiServer.Kinds;

/// <summary>Turns custom resource definitions into served kinds, as they come and go.</summary>
internal sealed class CustomKinds
{
    private readonly ObjectDatabase _database;

    public CustomKinds(ObjectDatabase database)
    {
        _database = database;
        database.Committed += Follow;
    }

    public static IEnumerable<ResourceKind> Read(JsonObject definition)
    {
        JsonNode? spec = definition["spec"];
        return spec.Items("versions").Where(version => version["served"] is JsonValue flag && flag.GetValue<bool>())
            .Select(version => ReadVersion(spec!.AsObject(), version));
    }

    private static ResourceKind ReadVersion(JsonObject spec, JsonObject version)
    {
        JsonNode? names = spec["names"];
        string group = spec.Text("group") ?? "";
        string kind = names.Text("kind") ?? "";
        string name = version.Text("name") ?? "";
        return new ResourceKind
        {
            Group = group,
            Version = name,
            Kind = kind,
            ListKind = names.Text("listKind") ?? kind + "List",
            Plural = names.Text("plural") ?? "",
            Singular = names.Text("singular") ?? kind.ToLowerInvariant(),
            ShortNames = Texts(names.Find("shortNames")),
            Categories = Texts(names.Find("categories")),
            Namespaced = spec.Text("scope") != "Cluster",
            Schema = Schema(version),
            DefinitionName = string.Join('.', group.Split('.').Reverse()) + $".{name}.{kind}",
            IsCustom = true,
            HasGeneration = true,
            HasStatus = version.Find("subresources", "status") is not null,
            Scale = Scale(version.Find("subresources", "scale")),
            SelectableFields = [.. version.Items("selectableFields").Select(field => (field.Text("jsonPath") ?? "").TrimStart('.'))],
            Columns = [.. version.Items("additionalPrinterColumns").Select(Column)],
        };
    }

    private static ScalePaths? Scale(JsonNode? scale) => scale is null
        ? null
        : new(scale.Text("specReplicasPath") ?? "", scale.Text("statusReplicasPath") ?? "", scale.Text("labelSelectorPath"));

    private static PrinterColumn Column(JsonObject column) => new(
        column.Text("name") ?? "",
        column.Text("type") ?? "string",
        column.Text("jsonPath") ?? "",
        (int)(column.Integer("priority") ?? 0),
        column.Text("format") ?? "",
        column.Text("description"));

    /// <summary>The schema of the definition, with the members that every object has.</summary>
    private static SchemaNode Schema(JsonObject version)
    {
        JsonObject source = version.Find("schema", "openAPIV3Schema") is JsonObject given ? given.Copy() : new() { ["type"] = "object" };
        JsonObject properties = source.Child("properties");
        properties["apiVersion"] = new JsonObject { ["type"] = "string" };
        properties["kind"] = new JsonObject { ["type"] = "string" };
        properties["metadata"] = new JsonObject { ["$ref"] = BuiltinSchemas.ObjectMetaName };
        return new SchemaNode(source);
    }

    private static string[] Texts(JsonNode? list) => list is JsonArray items ? [.. items.Select(item => item.AsText() ?? "")] : [];

    private void Follow(string resource, Change change)
    {
        if (resource != "customresourcedefinitions.apiextensions.k8s.io") return;
        List<ResourceKind> before = [.. _database.Kinds.All.Where(kind => kind.IsCustom && kind.GroupResource == change.Current.Name)];
        if (change.Type != Change.Deleted)
        {
            _database.Kinds.Replace(change.Current.Name, Read(change.Current.Parse()).ToList());
            return;
        }

        if (before.Count > 0)
        {
            foreach (StoredObject item in _database.Table(before[0]).All.ToList()) _database.Remove(before[0], item);
        }

        _database.Kinds.Replace(change.Current.Name, []);
        _database.DropWatches(key => key == change.Current.Name);
    }
}
