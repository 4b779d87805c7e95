using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation;

/// <summary>A root that is accepted because it was given, not because of anything in it.</summary>
/// <param name="Root">The root.</param>
/// <param name="Product">The product whose chips it vouches for; null for a development root, which vouches for any.</param>
/// <param name="Intermediates">Its intermediates; none for a development root, whose come with the evidence.</param>
internal sealed record TrustAnchor(Certificate Root, SnpProduct? Product, IReadOnlyList<Certificate> Intermediates)
{
    public bool IsDevelopment => Product is null;
}
