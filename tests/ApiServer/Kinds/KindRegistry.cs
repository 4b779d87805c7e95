using System.Collections.Immutable;

namespace ConfidentialOperator.ApiServer.Kinds;

/// <summary>Every kind that is served now; custom resource definitions add to it and take from it.</summary>
internal sealed class KindRegistry
{
    private ImmutableList<ResourceKind> _kinds = [.. BuiltinKinds.All];

    public IReadOnlyList<ResourceKind> All => _kinds;

    /// <summary>Gets a number that grows with each change, for caches of discovery and OpenAPI.</summary>
    public long Revision { get; private set; }

    public ResourceKind? ByPath(string group, string version, string plural) =>
        _kinds.Find(kind => kind.Plural == plural && kind.Group == group && kind.Version == version);

    public ResourceKind? ByObject(string apiVersion, string name) =>
        _kinds.Find(kind => kind.Kind == name && kind.ApiVersion == apiVersion);

    /// <summary>Finds a kind by <c>plural.group</c>, plural, kind or short name, as kubectl does.</summary>
    public ResourceKind? ByName(string name) =>
        _kinds.Find(kind => kind.GroupResource == name)
        ?? _kinds.Find(kind => kind.Plural == name || kind.Kind == name || kind.Singular == name || kind.ShortNames.Contains(name));

    public void Replace(string groupResource, IEnumerable<ResourceKind> versions)
    {
        _kinds = _kinds.RemoveAll(kind => kind.IsCustom && kind.GroupResource == groupResource).AddRange(versions);
        Revision++;
    }

    public bool Serves(string groupResource) => _kinds.Exists(kind => kind.GroupResource == groupResource);
}
