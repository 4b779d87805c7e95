using System.Collections.Concurrent;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nvidia.Rim;

/// <summary>Reference values whose signature and path were verified, by the hash of the document. A broker sees the same few for every GPU.</summary>
internal sealed class RimMemory
{
    private const int Most = 256;

    private readonly ConcurrentDictionary<ByteString, RimDocument> _documents = new();

    public RimDocument? Find(ByteString hash) => _documents.TryGetValue(hash, out RimDocument? document) ? document : null;

    public void Keep(ByteString hash, RimDocument document)
    {
        if (_documents.Count >= Most)
        {
            _documents.Clear();
        }

        _documents[hash] = document;
    }
}
