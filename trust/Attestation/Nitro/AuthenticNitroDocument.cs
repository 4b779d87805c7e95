using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Nitro;

/// <summary>
/// A document that AWS, or a development root, vouches for. Only <see cref="NitroVerifier"/> makes one. What the evidence is bound to stands in
/// <c>user_data</c>, all 64 bytes; <c>nonce</c> and <c>public_key</c> are the enclave's to use, are shown, and bind nothing here.
/// </summary>
public sealed class AuthenticNitroDocument : AuthenticEvidence
{
    internal AuthenticNitroDocument(NitroAttempt attempt, IReadOnlyList<RuleResult> results)
        : base(attempt.Path!.IsDevelopment, attempt.Path.NotAfter, results) => Document = attempt.Document;

    /// <inheritdoc/>
    public override TeeKind Tee => TeeKind.Nitro;

    /// <summary>Gets the document's <c>user_data</c>; empty when it has none.</summary>
    public override ByteString ReportData => Document.UserData ?? ByteString.Empty;

    /// <inheritdoc/>
    public override ByteString Measurement => Document.Pcr(0) ?? ByteString.Empty;

    /// <inheritdoc/>
    public override ByteString InitDataDigest => ByteString.Empty;

    /// <inheritdoc/>
    public override string Platform => "Nitro Enclaves";

    /// <summary>Gets that there is none: a document says nothing of firmware.</summary>
    public override string Tcb => "not reported";

    /// <inheritdoc/>
    public override ByteString HardwareId => new(Encoding.UTF8.GetBytes(Document.ModuleId));

    /// <summary>Gets the document.</summary>
    public NitroDocument Document { get; }

    /// <summary>Returns whether one of the enclave's own PCRs was extended once with this digest; null when none was, since an enclave need not.</summary>
    public override bool? ShowsInitData(ByteString digest)
    {
        ArgumentNullException.ThrowIfNull(digest);
        ByteString extended = NitroChecks.Extended(digest);
        return Document.PcrIndices.Any(index => index >= NitroInitData.FirstPcr && Document.Pcr(index) == extended) ? true : null;
    }

    internal override IReadOnlyList<RuleResult> Appraise(AppraisalInputs inputs) =>
        NitroChecks.Run(new NitroSubject(this, inputs, inputs.Policy.Policy.Nitro));

    internal override JsonObject WriteClaims()
    {
        var pcrs = new JsonObject();
        foreach (int index in Document.PcrIndices)
        {
            pcrs[index.ToString(CultureInfo.InvariantCulture)] = Document.Pcr(index)!.ToString();
        }

        return new JsonObject
        {
            ["moduleId"] = PlainText.Of(Document.ModuleId),
            ["timestamp"] = Document.Timestamp.ToUnixTimeMilliseconds(),
            ["pcrs"] = pcrs,
            ["userData"] = Document.UserData?.ToString(),
            ["nonce"] = Document.Nonce?.ToString(),
            ["publicKey"] = Document.PublicKey?.ToString(),
        };
    }
}
