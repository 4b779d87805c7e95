namespace ConfidentialOperator.Cli.Endpoints;

/// <summary>Where a model is, and by whose word a guest may serve it.</summary>
internal sealed record ModelTarget
{
    public required Uri Endpoint { get; init; }

    public required FileInfo Policy { get; init; }

    public required IReadOnlyList<FileInfo> Owners { get; init; }

    public IReadOnlyList<FileInfo> DevelopmentRoots { get; init; } = [];

    /// <summary>Gets files, folders and bundles of certificates, lists and reference values.</summary>
    public IReadOnlyList<string> Collateral { get; init; } = [];

    /// <summary>Gets the authority of an https endpoint. TLS keeps strangers away; what proves the guest is its evidence.</summary>
    public FileInfo? Ca { get; init; }
}
