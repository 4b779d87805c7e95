using System.Collections.Concurrent;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>
/// Chains whose signatures were verified, by the whole leaf. It saves time and changes no answer: a chain counts only for whoever has its certificates again,
/// only sound ones are kept, and time and revocation are asked each time.
/// </summary>
internal sealed class ChainMemory
{
    private const int Most = 1024;

    private readonly ConcurrentDictionary<ByteString, CertificateChain> _chains = new();

    public int Count => _chains.Count;

    public CertificateChain? Find(Certificate leaf, IReadOnlyList<Certificate> given) =>
        _chains.TryGetValue(leaf.Der, out CertificateChain? chain) && (!chain.Anchor.IsDevelopment || given.Any(link => link.Der == chain.Intermediate.Der))
            ? chain : null;

    public void Keep(CertificateChain chain)
    {
        if (_chains.Count >= Most)
        {
            _chains.Clear();
        }

        _chains[chain.Leaf.Der] = chain;
    }
}
