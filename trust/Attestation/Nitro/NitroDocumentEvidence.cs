using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Nitro;

/// <summary>Nitro evidence: a document, which brings all its certificates.</summary>
public sealed class NitroDocumentEvidence : Evidence
{
    private NitroDocumentEvidence(NitroDocument document) => Document = document;

    /// <inheritdoc/>
    public override TeeKind Tee => TeeKind.Nitro;

    /// <summary>Gets the document.</summary>
    public NitroDocument Document { get; }

    /// <summary>Reads the document of evidence.</summary>
    /// <param name="given">The evidence.</param>
    /// <param name="evidence">The evidence whose layout is sound.</param>
    /// <param name="refusal">What is wrong with the layout.</param>
    public static bool TryCreate(NitroEvidence given, [NotNullWhen(true)] out NitroDocumentEvidence? evidence, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(given);
        evidence = NitroDocument.TryParse(given.Document.Memory, out NitroDocument? document, out refusal) ? new NitroDocumentEvidence(document) : null;
        return evidence is not null;
    }

    internal override Authentication Authenticate(EvidenceInputs inputs) => NitroVerifier.Authenticate(Document, inputs.Roots, inputs.Now);
}
