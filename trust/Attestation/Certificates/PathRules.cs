namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>What a vendor's certificates look like.</summary>
/// <param name="Vendor">Whose roots count, besides development roots.</param>
/// <param name="Scheme">How every certificate of the path is signed.</param>
internal sealed record PathRules(Vendor Vendor, SignatureScheme Scheme)
{
    /// <summary>Gets the extensions, by object identifier, that may be critical because the caller looks at them.</summary>
    public IReadOnlySet<string> KnownExtensions { get; init; } = new HashSet<string>();

    /// <summary>Gets whether the first certificate may itself issue certificates.</summary>
    public bool LeafMayIssue { get; init; }
}
