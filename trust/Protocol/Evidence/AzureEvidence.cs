using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>
/// Evidence of a confidential VM of Azure as Confidential Containers writes it: the paravisor's report with the hardware's inside, a quote of the virtual TPM
/// with the PCRs, and the chip's certificate (SEV-SNP) or the TD quote (TDX). Versions 1 and 2 are written alike; before, there was none.
/// </summary>
public sealed record AzureEvidence
{
    /// <summary>The number of PCRs.</summary>
    public const int PcrCount = 24;

    /// <summary>The bytes of a PCR of the SHA-256 bank.</summary>
    public const int PcrSize = 32;

    internal const int LongestDocument = 256 * 1024;

    /// <summary>Gets the kind: <see cref="TeeKind.AzureSnp"/> or <see cref="TeeKind.AzureTdx"/>.</summary>
    public required TeeKind Tee { get; init; }

    /// <summary>Gets the paravisor's report.</summary>
    public required ByteString HclReport { get; init; }

    /// <summary>Gets the TPM's quote: TPMS_ATTEST.</summary>
    public required ByteString QuoteMessage { get; init; }

    /// <summary>Gets the quote's signature.</summary>
    public required ByteString QuoteSignature { get; init; }

    /// <summary>Gets the 24 PCRs of the SHA-256 bank.</summary>
    public required IReadOnlyList<ByteString> Pcrs { get; init; }

    /// <summary>Gets the chip's certificate, in DER or PEM; or the TD quote.</summary>
    public required ByteString Endorsement { get; init; }

    /// <summary>Reads evidence.</summary>
    /// <param name="tee">The kind: of SEV-SNP or of TDX.</param>
    /// <param name="utf8">The JSON.</param>
    /// <param name="evidence">The evidence.</param>
    /// <param name="refusal">Why it was refused.</param>
    public static bool TryParse(TeeKind tee, ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out AzureEvidence? evidence, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "Azure evidence", LongestDocument, given => AzureEvidenceJson.Read(tee, given), out evidence, out refusal);

    /// <summary>Returns the JSON, version 2.</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(AzureEvidenceJson.Write(this));
}
