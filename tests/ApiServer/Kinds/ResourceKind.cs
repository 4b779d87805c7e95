using ConfidentialOperator.ApiServer.Schemas;

namespace ConfidentialOperator.ApiServer.Kinds;

/// <summary>What the server knows of one kind in one version: names, schema, subresources, columns.</summary>
internal sealed record ResourceKind
{
    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Kind { get; init; }

    public required string Plural { get; init; }

    public required string Singular { get; init; }

    public required SchemaNode Schema { get; init; }

    public bool Namespaced { get; init; } = true;

    public bool HasStatus { get; init; }

    public bool IsCustom { get; init; }

    /// <summary>Gets whether a change of the specification raises <c>metadata.generation</c>.</summary>
    public bool HasGeneration { get; init; }

    public string ListKind { get => field ?? Kind + "List"; init; }

    public ScalePaths? Scale { get; init; }

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    public IReadOnlyList<PrinterColumn> Columns { get; init; } = [];

    /// <summary>Gets the name of the definition in the OpenAPI documents.</summary>
    public required string DefinitionName { get; init; }

    /// <summary>Gets the key under which every version of the kind is stored.</summary>
    public string GroupResource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";
}
