using System.Collections.Concurrent;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>
/// Paths whose signatures were verified, by the whole leaf. It saves time and changes no answer: a path counts only for whoever has its certificates again,
/// only sound ones are kept, and time and revocation are asked each time.
/// </summary>
internal sealed class PathMemory
{
    private const int Most = 1024;

    private readonly ConcurrentDictionary<(ByteString Leaf, PathRules Rules), CertificatePath> _paths = new();

    public int Count => _paths.Count;

    public CertificatePath? Find(Certificate leaf, IReadOnlyList<Certificate> given, PathRules rules) =>
        _paths.TryGetValue((leaf.Der, rules), out CertificatePath? path) && (path.Anchor.Intermediates.Count > 0 || AreThere(path, given)) ? path : null;

    /// <summary>Finds the path of certificates that came as bytes, before any of them is read.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="above">The certificates above it, root first: exactly the path's.</param>
    /// <param name="rules">What the vendor's certificates look like.</param>
    public CertificatePath? FindExact(ReadOnlyMemory<byte> leaf, IReadOnlyList<ReadOnlyMemory<byte>> above, PathRules rules)
    {
        if (!_paths.TryGetValue((new ByteString(leaf.Span), rules), out CertificatePath? path) || above.Count != path.Certificates.Count - 1)
        {
            return null;
        }

        for (int at = 0; at < above.Count; at++)
        {
            if (!path.Certificates[^(at + 1)].Der.Equals(above[at].Span))
            {
                return null;
            }
        }

        return path;
    }

    public void Keep(CertificatePath path, PathRules rules)
    {
        if (_paths.Count >= Most)
        {
            _paths.Clear();
        }

        _paths[(path.Leaf.Der, rules)] = path;
    }

    private static bool AreThere(CertificatePath path, IReadOnlyList<Certificate> given)
    {
        for (int at = 1; at < path.Certificates.Count - 1; at++)
        {
            ByteString link = path.Certificates[at].Der;
            if (!given.Any(certificate => certificate.Der == link))
            {
                return false;
            }
        }

        return true;
    }
}
