using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>TDX evidence: a quote, and the event log of its firmware where there is one.</summary>
public sealed class TdxQuoteEvidence : Evidence
{
    private TdxQuoteEvidence(TdxQuote quote, CcEventLog? eventLog)
    {
        Quote = quote;
        EventLog = eventLog;
    }

    /// <inheritdoc/>
    public override TeeKind Tee => TeeKind.Tdx;

    /// <summary>Gets the FMSPC that the quote's PCK certificate states, to find TCB info by; empty when it states none.</summary>
    public override ByteString StatedHardwareId =>
        Quote.CertificationType == TdxQuote.PckChainType ? PckChain.Read(Quote.CertificationData).Extension?.Fmspc ?? ByteString.Empty : ByteString.Empty;

    /// <summary>Gets the quote.</summary>
    public TdxQuote Quote { get; }

    /// <summary>Gets the event log; null when none came.</summary>
    public CcEventLog? EventLog { get; }

    /// <summary>Reads the quote of evidence as Confidential Containers writes it.</summary>
    /// <param name="given">The evidence.</param>
    /// <param name="evidence">The evidence whose layout is sound.</param>
    /// <param name="refusal">What is wrong with the layout.</param>
    public static bool TryCreate(TdxEvidence given, [NotNullWhen(true)] out TdxQuoteEvidence? evidence, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(given);
        evidence = null;
        CcEventLog? log = null;
        if (TdxQuote.TryParse(given.Quote.Span, out TdxQuote? quote, out refusal)
            && (given.EventLog is null || CcEventLog.TryParse(given.EventLog.Memory, out log, out refusal)))
        {
            evidence = new TdxQuoteEvidence(quote, log);
        }

        return evidence is not null;
    }

    internal override Authentication Authenticate(EvidenceInputs inputs)
    {
        var collateral = TdxCollateral.Read(inputs.Own, inputs.Collateral, inputs.Roots.Tdx);
        return TdxVerifier.Authenticate(new TdxAttempt(Quote, collateral, inputs.Roots, inputs.Now) { EventLog = EventLog }, inputs.Roots);
    }
}
