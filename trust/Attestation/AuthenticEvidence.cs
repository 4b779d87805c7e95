using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Ear;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation;

/// <summary>What the hardware of one TEE, or a development root, vouches for. Only this assembly makes one.</summary>
public abstract class AuthenticEvidence
{
    private protected AuthenticEvidence(bool isDevelopment, DateTimeOffset validUntil, IReadOnlyList<RuleResult> results)
    {
        IsDevelopment = isDevelopment;
        ValidUntil = validUntil;
        Results = results;
    }

    /// <summary>Gets the kind of TEE.</summary>
    public abstract TeeKind Tee { get; }

    /// <summary>Gets the data that the guest had bound into the evidence, 64 bytes.</summary>
    public abstract ByteString ReportData { get; }

    /// <summary>Gets the launch measurement, 48 bytes: MEASUREMENT of SEV-SNP, MRTD of TDX, PCR0 of Nitro.</summary>
    public abstract ByteString Measurement { get; }

    /// <summary>Gets the SHA-256 of the initdata that the hardware reports; empty where the TEE has no place for it.</summary>
    public abstract ByteString InitDataDigest { get; }

    /// <summary>Gets the processor or platform, for people and for claims.</summary>
    public abstract string Platform { get; }

    /// <summary>Gets the firmware's version as the TEE counts it, for people.</summary>
    public abstract string Tcb { get; }

    /// <summary>Gets the id of the chip or module, for journals; empty where there is none.</summary>
    public abstract ByteString HardwareId { get; }

    /// <summary>Gets whether the chain ends in a development root: then no hardware vouches for anything.</summary>
    public bool IsDevelopment { get; }

    /// <summary>Gets the first end of what vouches for it: certificates, lists, signed TCB statements.</summary>
    public DateTimeOffset ValidUntil { get; }

    /// <summary>Gets the rules that made it authentic.</summary>
    public IReadOnlyList<RuleResult> Results { get; }

    /// <summary>Returns whether it shows initdata of this SHA-256; null when this TEE has no place for it, or the guest used none.</summary>
    public virtual bool? ShowsInitData(ByteString digest) => InitDataDigest.Length == 0 ? null : InitDataDigest == digest;

    /// <summary>Returns what it says under the names of Trustee, for attestation tokens.</summary>
    public JsonObject ToTrusteeClaims() => TrusteeClaims.Of(this);

    /// <summary>Asks every rule of the owner's policy for this TEE.</summary>
    internal abstract IReadOnlyList<RuleResult> Appraise(AppraisalInputs inputs);

    /// <summary>Returns the fields of the evidence by their names in its specification: for verdicts and tokens.</summary>
    internal abstract JsonObject WriteClaims();
}
