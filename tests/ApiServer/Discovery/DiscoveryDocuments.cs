using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Kinds;

namespace ConfidentialOperator.ApiServer.Discovery;

/// <summary>What the server tells of its groups, versions and resources: one document each, or all in one.</summary>
internal sealed class DiscoveryDocuments(KindRegistry kinds)
{
    private static readonly string[] s_allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    private static readonly string[] s_subVerbs = ["get", "patch", "update"];

    public static JsonObject CoreVersions() => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(),
    };

    public JsonObject Groups() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. GroupNames().Select(GroupBody)]),
    };

    public JsonObject? Group(string group)
    {
        if (!GroupNames().Contains(group)) return null;
        JsonObject body = GroupBody(group);
        body["kind"] = "APIGroup";
        body["apiVersion"] = "v1";
        return body;
    }

    public JsonObject? Resources(string group, string version)
    {
        List<ResourceKind> served = [.. In(group, version)];
        JsonArray resources = [.. served.SelectMany(Entries)];
        if (group == "authorization.k8s.io") resources.Add(Review());
        if (resources.Count == 0) return null;
        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = resources,
        };
    }

    /// <summary>Aggregated discovery (KEP-3352), of the core group or of all others.</summary>
    public JsonObject Aggregate(bool core)
    {
        IEnumerable<string> groups = core ? [""] : GroupNames();
        return new JsonObject
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = "apidiscovery.k8s.io/v2",
            ["metadata"] = new JsonObject(),
            ["items"] = new JsonArray([.. groups.Select(AggregatedGroup)]),
        };
    }

    private IEnumerable<string> GroupNames() =>
        kinds.All.Select(kind => kind.Group).Append("authorization.k8s.io").Where(group => group.Length > 0).Distinct().Order(StringComparer.Ordinal);

    private IEnumerable<ResourceKind> In(string group, string version) =>
        kinds.All.Where(kind => kind.Group == group && kind.Version == version).OrderBy(kind => kind.Plural, StringComparer.Ordinal);

    /// <summary>Released versions before betas before alphas, higher numbers first.</summary>
    private List<string> Versions(string group)
    {
        List<string> versions = [.. kinds.All.Where(kind => kind.Group == group).Select(kind => kind.Version).Distinct()
            .OrderBy(version => version.Contains("alpha", StringComparison.Ordinal) ? 2 : version.Contains("beta", StringComparison.Ordinal) ? 1 : 0)
            .ThenByDescending(version => version, StringComparer.Ordinal)];
        return versions.Count == 0 ? ["v1"] : versions;
    }

    private JsonObject GroupBody(string group)
    {
        List<JsonObject> versions = [.. Versions(group).Select(version => new JsonObject { ["groupVersion"] = $"{group}/{version}", ["version"] = version })];
        return new JsonObject
        {
            ["name"] = group,
            ["versions"] = new JsonArray([.. versions]),
            ["preferredVersion"] = versions[0].DeepClone(),
        };
    }

    private static IEnumerable<JsonObject> Entries(ResourceKind kind)
    {
        JsonObject entry = new()
        {
            ["name"] = kind.Plural,
            ["singularName"] = kind.Singular,
            ["namespaced"] = kind.Namespaced,
            ["kind"] = kind.Kind,
            ["verbs"] = Texts(s_allVerbs),
        };
        if (kind.ShortNames.Count > 0) entry["shortNames"] = Texts(kind.ShortNames);
        if (kind.Categories.Count > 0) entry["categories"] = Texts(kind.Categories);
        yield return entry;
        if (kind.HasStatus) yield return SubEntry(kind, "status", kind.Kind);
        if (kind.Scale is null) yield break;
        JsonObject scale = SubEntry(kind, "scale", "Scale");
        scale["group"] = "autoscaling";
        scale["version"] = "v1";
        yield return scale;
    }

    private static JsonObject SubEntry(ResourceKind kind, string name, string responseKind) => new()
    {
        ["name"] = $"{kind.Plural}/{name}",
        ["singularName"] = "",
        ["namespaced"] = kind.Namespaced,
        ["kind"] = responseKind,
        ["verbs"] = Texts(s_subVerbs),
    };

    private static JsonObject Review() => new()
    {
        ["name"] = "selfsubjectaccessreviews",
        ["singularName"] = "selfsubjectaccessreview",
        ["namespaced"] = false,
        ["kind"] = "SelfSubjectAccessReview",
        ["verbs"] = new JsonArray("create"),
    };

    private JsonObject AggregatedGroup(string group) => new()
    {
        ["metadata"] = group.Length == 0 ? new JsonObject() : new JsonObject { ["name"] = group },
        ["versions"] = new JsonArray([.. Versions(group).Select(version => new JsonObject
        {
            ["version"] = version,
            ["resources"] = AggregatedResources(group, version),
            ["freshness"] = "Current",
        })]),
    };

    private JsonArray AggregatedResources(string group, string version)
    {
        JsonArray resources = [.. In(group, version).Select(Aggregated)];
        if (group == "authorization.k8s.io")
        {
            resources.Add(new JsonObject
            {
                ["resource"] = "selfsubjectaccessreviews",
                ["responseKind"] = Response(group, version, "SelfSubjectAccessReview"),
                ["scope"] = "Cluster",
                ["singularResource"] = "selfsubjectaccessreview",
                ["verbs"] = new JsonArray("create"),
            });
        }

        return resources;
    }

    private static JsonObject Aggregated(ResourceKind kind)
    {
        JsonObject entry = new()
        {
            ["resource"] = kind.Plural,
            ["responseKind"] = Response(kind.Group, kind.Version, kind.Kind),
            ["scope"] = kind.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = kind.Singular,
            ["verbs"] = Texts(s_allVerbs),
        };
        if (kind.ShortNames.Count > 0) entry["shortNames"] = Texts(kind.ShortNames);
        if (kind.Categories.Count > 0) entry["categories"] = Texts(kind.Categories);
        JsonArray below = [];
        if (kind.HasStatus) below.Add(Sub("status", Response(kind.Group, kind.Version, kind.Kind)));
        if (kind.Scale is not null) below.Add(Sub("scale", Response("autoscaling", "v1", "Scale")));
        if (below.Count > 0) entry["subresources"] = below;
        return entry;
    }

    private static JsonObject Sub(string name, JsonObject response) =>
        new() { ["subresource"] = name, ["responseKind"] = response, ["verbs"] = Texts(s_subVerbs) };

    private static JsonObject Response(string group, string version, string kind) =>
        new() { ["group"] = group, ["version"] = version, ["kind"] = kind };

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];
}
