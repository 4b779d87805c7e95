using System.Diagnostics.CodeAnalysis;
using System.Text;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Nvidia.Ocsp;
using ConfidentialOperator.Attestation.Nvidia.Rim;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation;

/// <summary>
/// The roots that evidence may end in. Built in, byte for byte: AMD's roots (ARK) and intermediates (ASK for VCEK, ASVK for VLEK) of Milan, Genoa and Turin,
/// Intel's SGX root, the Nitro root G1 of AWS, and NVIDIA's roots for device identities and for reference values. Development roots are added by an
/// administrator; what ends in one says so everywhere and still needs the owner's policy to allow it.
/// </summary>
public sealed class TrustRoots
{
    private const int MostDevelopmentRoots = 16;

    private static readonly (Vendor Vendor, string File)[] s_others =
    [
        (Vendor.Intel, "intel-sgx-root-ca"),
        (Vendor.Aws, "aws-nitro-root-g1"),
        (Vendor.NvidiaDevice, "nvidia-device-identity-ca"),
        (Vendor.NvidiaReferenceValues, "nvidia-corim-signing-root-ca"),
    ];

    private readonly Dictionary<Vendor, IReadOnlyList<TrustAnchor>> _byVendor;

    private TrustRoots(IReadOnlyList<TrustAnchor> anchors)
    {
        Anchors = anchors;
        _byVendor = Enum.GetValues<Vendor>().ToDictionary(vendor => vendor,
            vendor => (IReadOnlyList<TrustAnchor>)[.. anchors.Where(anchor => anchor.IsDevelopment || anchor.Vendor == vendor)]);
    }

    /// <summary>Gets the vendors' roots and no other.</summary>
    public static TrustRoots BuiltIn { get; } = new([.. Enum.GetValues<SnpProduct>().Select(Amd), .. s_others.Select(other => Other(other.Vendor, other.File))]);

    /// <summary>Gets whether a development root is among them.</summary>
    public bool HasDevelopmentRoots => Anchors.Any(anchor => anchor.IsDevelopment);

    internal IReadOnlyList<TrustAnchor> Anchors { get; }

    /// <summary>Gets the reference values of devices whose signers lead to one of these roots.</summary>
    internal RimMemory ReferenceValues { get; } = new();

    /// <summary>Gets who signed answers about certificates of devices.</summary>
    internal OcspMemory Answers { get; } = new();

    /// <summary>Gets the paths that were verified up to one of these roots.</summary>
    internal PathMemory Paths { get; } = new();

    /// <summary>Gets the collateral of TDX that was read and verified with these roots.</summary>
    internal Tdx.TdxMemory Tdx { get; } = new();

    /// <summary>Gets the keys of certificates whose paths were verified.</summary>
    internal KeyMemory Keys { get; } = new();

    /// <summary>Returns the roots that evidence of one vendor may end in: the vendor's, and the development roots.</summary>
    internal IReadOnlyList<TrustAnchor> For(Vendor vendor) => _byVendor[vendor];

    /// <summary>Returns the vendors' roots and these development roots.</summary>
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

                anchors.Add(new TrustAnchor(root, null, null, []));
            }
        }

        refusal = anchors.Count <= MostDevelopmentRoots ? null
            : new(RefusalReason.TooLarge, $"There are {anchors.Count} development roots; the limit is {MostDevelopmentRoots}.");
        roots = refusal is null ? new TrustRoots([.. BuiltIn.Anchors, .. anchors]) : null;
        return roots is not null;
    }

    private static TrustAnchor Amd(SnpProduct product)
    {
        string name = product.ToString().ToLowerInvariant();
        return new TrustAnchor(Load($"amd-ark-{name}"), Vendor.Amd, product, [Load($"amd-ask-{name}"), Load($"amd-asvk-{name}")]);
    }

    private static TrustAnchor Other(Vendor vendor, string file) => new(Load(file), vendor, null, []);

    private static Certificate Load(string name)
    {
        using Stream stream = typeof(TrustRoots).Assembly.GetManifestResourceStream(name + ".pem")!;
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return Certificate.TryParse(CertificateFile.SplitPem(reader.ReadToEnd())[0], out Certificate? certificate) ? certificate.KeepKey()
            : throw new InvalidOperationException($"The built-in certificate {name} cannot be read.");
    }
}
