using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>
/// What was read before: a broker is shown the same collateral with every quote, and the same certificates by every guest of a platform. It saves time and
/// changes no answer: what was read depends on the bytes alone, signatures on the key too, and times are asked each time. What lives as long as the bytes
/// themselves is forgotten with them; by content, only what proved authentic is kept, so that a stranger cannot fill the places.
/// </summary>
internal sealed class TdxMemory
{
    private const int Most = 1024;

    private readonly ConditionalWeakTable<ByteString, CollateralPiece> _byReference = [];
    private readonly ConcurrentDictionary<ByteString, CollateralPiece> _authentic = new();
    private readonly ConcurrentDictionary<ByteString, PckChain> _chains = new();

    /// <summary>Reads collateral, or remembers what was read.</summary>
    public CollateralPiece Read(ByteString data)
    {
        if (_byReference.TryGetValue(data, out CollateralPiece? piece) || _authentic.TryGetValue(data, out piece))
        {
            return piece;
        }

        piece = CollateralPiece.Read(data);
        _byReference.AddOrUpdate(data, piece);
        return piece;
    }

    /// <summary>Reads the certificates of a quote, or remembers what was read.</summary>
    public PckChain ReadChain(ReadOnlyMemory<byte> data)
    {
        var key = new ByteString(data.Span);
        return _chains.TryGetValue(key, out PckChain? chain) ? chain : PckChain.Read(key);
    }

    /// <summary>Keeps what an authentic quote was authenticated with.</summary>
    public void Keep(PckChain chain, IEnumerable<CollateralPiece> pieces)
    {
        if (_chains.Count >= Most)
        {
            _chains.Clear();
        }

        _chains.TryAdd(chain.Data, chain);
        foreach (CollateralPiece piece in pieces)
        {
            if (_authentic.Count >= Most)
            {
                _authentic.Clear();
            }

            _authentic.TryAdd(piece.Data, piece);
        }
    }
}
