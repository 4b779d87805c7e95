using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>
/// What was read before: a broker is shown the same collateral with every quote, and the same certificates and quoting enclave by every guest of a platform. It saves time and
/// changes no answer: what was read depends on the bytes alone, signatures on the key too, and times are asked each time. What lives as long as the bytes
/// themselves is forgotten with them; by content, only what proved authentic is kept, so that a stranger cannot fill the places.
/// </summary>
internal sealed class TdxMemory
{
    private const int Most = 1024;

    private readonly ConditionalWeakTable<ByteString, CollateralPiece> _byReference = [];
    private readonly ConcurrentDictionary<ByteString, CollateralPiece> _authentic = new();
    private readonly ConcurrentDictionary<ByteString, Certification> _certifications = new();

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

    /// <summary>Reads what vouches for a quote's attestation key, or remembers what was read.</summary>
    public Certification ReadCertification(TdxQuote quote)
    {
        var key = new ByteString(quote.Certification);
        return _certifications.TryGetValue(key, out Certification? certification) ? certification : new Certification(key, quote);
    }

    /// <summary>Keeps what an authentic quote was authenticated with.</summary>
    public void Keep(Certification certification, IEnumerable<CollateralPiece> pieces)
    {
        if (_certifications.Count >= Most)
        {
            _certifications.Clear();
        }

        _certifications.TryAdd(certification.Data, certification);
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
