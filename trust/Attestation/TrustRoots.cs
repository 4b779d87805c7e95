using System.Diagnostics.CodeAnalysis;
using System.Text;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation;

/// <summary>
/// The roots that evidence may end in. AMD's roots (ARK) and intermediates (ASK for VCEK, ASVK for VLEK) of Milan, Genoa and Turin are built in, byte for
/// byte. Development roots are added by an administrator; what ends in one says so everywhere and still needs the owner's policy to allow it.
/// </summary>
public sealed class TrustRoots
{
    private const int MostDevelopmentRoots = 16;

    private TrustRoots(IReadOnlyList<TrustAnchor> anchors) => Anchors = anchors;

    /// <summary>Gets AMD's roots and no other.</summary>
    public static TrustRoots Amd { get; } = new([.. Enum.GetValues<SnpProduct>().Select(BuiltIn)]);

    /// <summary>Gets whether a development root is among them.</summary>
    public bool HasDevelopmentRoots => Anchors.Any(anchor => anchor.IsDevelopment);

    internal IReadOnlyList<TrustAnchor> Anchors { get; }

    /// <summary>Gets the chains that were verified up to one of these roots.</summary>
    internal ChainMemory Memory { get; } = new();

    /// <summary>Returns AMD's roots and these development roots.</summary>
    /// <param name="pems">The content of PEM files with self-issued certificates of authorities.</param>
    /// <param name="roots">The roots.</param>
    /// <param name="refusal">Why one of them cannot be a root.</param>
    public static bool TryWithDevelopment(IEnumerable<string> pems, [NotNullWhen(true)] out TrustRoots? roots, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(pems);
        var anchors = new List<TrustAnchor>();
        roots = null;
        foreach (string pem in pems)
        {
            IReadOnlyList<ReadOnlyMemory<byte>> found = CertificateFile.SplitPem(pem);
            if (found.Count == 0)
            {
                refusal = new(RefusalReason.Malformed, "A development root is refused: expected a certificate in PEM, found none.");
                return false;
            }

            foreach (ReadOnlyMemory<byte> der in found)
            {
                if (!Certificate.TryParse(der, out Certificate? root) || !root.IsAuthority || root.Subject != root.Issuer)
                {
                    refusal = new(RefusalReason.Malformed,
                        "A development root is refused: expected the self-issued certificate of an authority; give the root alone, without its intermediates.");
                    return false;
                }

                anchors.Add(new TrustAnchor(root, null, []));
            }
        }

        refusal = anchors.Count <= MostDevelopmentRoots ? null
            : new(RefusalReason.TooLarge, $"There are {anchors.Count} development roots; the limit is {MostDevelopmentRoots}.");
        roots = refusal is null ? new TrustRoots([.. Amd.Anchors, .. anchors]) : null;
        return roots is not null;
    }

    private static TrustAnchor BuiltIn(SnpProduct product)
    {
        string name = product.ToString().ToLowerInvariant();
        return new TrustAnchor(Load($"amd-ark-{name}"), product, [Load($"amd-ask-{name}"), Load($"amd-asvk-{name}")]);
    }

    private static Certificate Load(string name)
    {
        using Stream stream = typeof(TrustRoots).Assembly.GetManifestResourceStream(name + ".pem")!;
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return Certificate.TryParse(CertificateFile.SplitPem(reader.ReadToEnd())[0], out Certificate? certificate) ? certificate
            : throw new InvalidOperationException($"The built-in certificate {name} cannot be read.");
    }
}
