using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Nitro;

/// <summary>
/// An attestation document of a Nitro enclave whose layout is sound. Nothing in it is true yet: authenticating its <see cref="NitroDocumentEvidence"/> decides that.
/// </summary>
public sealed class NitroDocument
{
    private readonly ByteString?[] _pcrs;

    internal NitroDocument(CoseSign1 envelope, NitroFields fields)
    {
        Envelope = envelope;
        _pcrs = fields.Pcrs;
        ModuleId = fields.ModuleId!;
        Timestamp = fields.Timestamp!.Value;
        Certificate = fields.Certificate!.Value;
        Bundle = fields.Bundle!;
        PublicKey = fields.PublicKey;
        UserData = fields.UserData;
        Nonce = fields.Nonce;
    }

    /// <summary>Gets the id of the enclave: of its instance and of itself.</summary>
    public string ModuleId { get; }

    /// <summary>Gets when the document was made, by the clock of the Nitro Security Module.</summary>
    public DateTimeOffset Timestamp { get; }

    /// <summary>Gets the key that the enclave chose to show; null when it chose none.</summary>
    public ByteString? PublicKey { get; }

    /// <summary>Gets the data that the enclave chose: what the evidence is bound to; null when it chose none.</summary>
    public ByteString? UserData { get; }

    /// <summary>Gets the nonce that the enclave chose to show; null when it chose none.</summary>
    public ByteString? Nonce { get; }

    internal CoseSign1 Envelope { get; }

    internal ReadOnlyMemory<byte> Certificate { get; }

    /// <summary>Gets the authorities' certificates, root first.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Bundle { get; }

    /// <summary>Gets which PCRs the document has.</summary>
    public IEnumerable<int> PcrIndices => Enumerable.Range(0, _pcrs.Length).Where(index => _pcrs[index] is not null);

    /// <summary>Returns a PCR, 32, 48 or 64 bytes; null when the document does not have it.</summary>
    public ByteString? Pcr(int index) => index >= 0 && index < _pcrs.Length ? _pcrs[index] : null;

    /// <summary>Reads a document.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out NitroDocument? document, [NotNullWhen(false)] out Refusal? refusal)
    {
        document = null;
        if (!CoseSign1.TryParse(bytes, NitroEvidence.LongestDocument, out CoseSign1? envelope, out refusal))
        {
            return false;
        }

        document = NitroFields.TryRead(envelope, out NitroFields? fields, out refusal) ? new NitroDocument(envelope, fields) : null;
        return document is not null;
    }
}
