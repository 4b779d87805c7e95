using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation;

/// <summary>A root that is accepted because it was given, not because of anything in it.</summary>
/// <param name="Root">The root.</param>
/// <param name="Vendor">Whose root it is; null for a development root, which vouches for any evidence.</param>
/// <param name="Product">The product whose chips it vouches for; null where the root does not say.</param>
/// <param name="Intermediates">The only intermediates that are accepted below it; none where intermediates come with the evidence.</param>
internal sealed record TrustAnchor(Certificate Root, Vendor? Vendor, SnpProduct? Product, IReadOnlyList<Certificate> Intermediates)
{
    public bool IsDevelopment => Vendor is null;
}
