using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>
/// Collateral from anywhere: with the evidence, from a folder, from Intel's service. None is trusted for being here. The asker's own comes first, so that a
/// guest cannot fill the places; whichever is signed, current and of the highest evaluation number is used.
/// </summary>
internal sealed class TdxCollateral
{
    private const int MostPieces = 128;
    private const int MostOfAKind = 16;
    private const int MostStatements = 64;

    private readonly List<CollateralPiece> _pieces = [];
    private readonly List<Certificate> _signers = [];
    private readonly List<RevocationList> _lists = [];
    private readonly List<TcbInfo> _infos = [];
    private readonly List<EnclaveIdentity> _identities = [];

    /// <summary>The common name of the certificates that Intel signs statements with.</summary>
    public const string SignerName = "Intel SGX TCB Signing";

    public static TdxCollateral Empty { get; } = new();

    public IReadOnlyList<Certificate> Signers => _signers;

    public IReadOnlyList<RevocationList> Lists => _lists;

    public IReadOnlyList<TcbInfo> Infos => _infos;

    public IReadOnlyList<EnclaveIdentity> Identities => _identities;

    /// <summary>Gets what is wrong with the first statement that could not be read; null when there is none.</summary>
    public string? Fault { get; private set; }

    public static TdxCollateral Read(IReadOnlyList<Collateral> own, IReadOnlyList<Collateral> given, TdxMemory memory)
    {
        var collateral = new TdxCollateral();
        collateral.AddAll(own, memory);
        collateral.AddAll(given, memory);
        return collateral;
    }

    /// <summary>Returns the pieces that hold what was used.</summary>
    public IEnumerable<CollateralPiece> PiecesOf(params IReadOnlyList<object?> used) => _pieces.Where(piece =>
        used.Contains(piece.Statement) || used.Contains(piece.List) || piece.Certificates.Any(used.Contains));

    private void AddAll(IReadOnlyList<Collateral> all, TdxMemory memory)
    {
        for (int at = 0; at < all.Count && _pieces.Count < MostPieces; at++)
        {
            Add(memory.Read(all[at].Data));
        }
    }

    private void Add(CollateralPiece piece)
    {
        _pieces.Add(piece);
        Fault ??= piece.Fault;
        foreach (Certificate certificate in piece.Certificates)
        {
            if (_signers.Count < MostOfAKind && certificate.CommonName == SignerName && !_signers.Exists(other => other.Der == certificate.Der))
            {
                _signers.Add(certificate);
            }
        }

        if (piece.List is { } list && _lists.Count < MostOfAKind)
        {
            _lists.Add(list);
        }

        if (piece.Statement is TcbInfo info && _infos.Count < MostStatements)
        {
            _infos.Add(info);
        }
        else if (piece.Statement is EnclaveIdentity identity && _identities.Count < MostStatements)
        {
            _identities.Add(identity);
        }
    }
}
