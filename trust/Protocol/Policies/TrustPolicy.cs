using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Json;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>
/// Which guests may have a model's key and read its prompts: the owner's word, enforced by the broker at release and by the client before it sends.
/// The format is described in <c>docs/protocol/trust-policy.md</c>.
/// </summary>
public sealed record TrustPolicy
{
    /// <summary>The value of the member <c>format</c>.</summary>
    public const string Format = "confidential-operator.dev/trust-policy/v1";

    /// <summary>The payload type of its envelope.</summary>
    public const string PayloadType = "application/vnd.confidential-operator.trust-policy.v1+json";

    /// <summary>The most bytes that a policy may have.</summary>
    public const int LongestDocument = 256 * 1024;

    /// <summary>Gets the model that it is for.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the tenant that the model belongs to.</summary>
    public required string Tenant { get; init; }

    /// <summary>Gets its version, which never goes back.</summary>
    public required long PolicyVersion { get; init; }

    /// <summary>Gets the end of its validity.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Gets the resources that it opens.</summary>
    public required IReadOnlyList<KbsResourceUri> Resources { get; init; }

    /// <summary>Gets the accepted manifests, by SHA-256.</summary>
    public required IReadOnlyList<ByteString> ManifestDigests { get; init; }

    /// <summary>Gets the least version of the model.</summary>
    public required long MinimumModelVersion { get; init; }

    /// <summary>Gets the accepted initdata documents, by SHA-256.</summary>
    public required IReadOnlyList<ByteString> InitDataDigests { get; init; }

    /// <summary>Gets the rules for SEV-SNP; null when no such guest is accepted.</summary>
    public SnpPolicy? Snp { get; init; }

    /// <summary>Gets the rules for TDX; null when no such guest is accepted.</summary>
    public TdxPolicy? Tdx { get; init; }

    /// <summary>Gets the rules for Nitro Enclaves; null when no such guest is accepted.</summary>
    public NitroPolicy? Nitro { get; init; }

    /// <summary>Gets the rules for confidential VMs of Azure on SEV-SNP; null when no such guest is accepted.</summary>
    public AzureSnpPolicy? AzureSnp { get; init; }

    /// <summary>Gets the rules for confidential VMs of Azure on TDX; null when no such guest is accepted.</summary>
    public AzureTdxPolicy? AzureTdx { get; init; }

    /// <summary>Gets whether sample evidence is accepted; null when it is not.</summary>
    public SampleTeePolicy? Sample { get; init; }

    /// <summary>Gets the rules for GPUs and NVSwitches; null when none are demanded, and then none are verified.</summary>
    public GpuPolicy? Gpu { get; init; }

    /// <summary>Gets how many people must approve a release.</summary>
    public ApprovalRule Approvals { get; init; } = ApprovalRule.None;

    /// <summary>Gets whether evidence below a development root is accepted.</summary>
    public bool Development => Gpu is { Development: true } || Enum.GetValues<TeeKind>().Any(AllowsDevelopment);

    /// <summary>Gets every check that the owner does without.</summary>
    public IReadOnlyList<Waiver> Waivers =>
        [.. new[] { Snp?.Waivers, Tdx?.Waivers, Nitro?.Waivers, AzureSnp?.Waivers, AzureTdx?.Waivers, Gpu?.Waivers }.SelectMany(waivers => waivers ?? [])];

    /// <summary>Returns whether it has rules for a kind of TEE; a kind without rules is not accepted.</summary>
    public bool Accepts(TeeKind kind) => DevelopmentOf(kind) is not null;

    /// <summary>Returns whether evidence of a kind below a development root is accepted.</summary>
    public bool AllowsDevelopment(TeeKind kind) => DevelopmentOf(kind) is true;

    /// <summary>Reads a policy whose signature is of no interest here: to print it, or to sign it.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out TrustPolicy? policy, [NotNullWhen(false)] out Refusal? refusal)
    {
        bool read = StrictJson.TryRead(utf8, "trust policy", LongestDocument, TrustPolicyJson.Read, out policy, out refusal);
        refusal = refusal is null ? null : refusal with { Reason = RefusalReason.PolicyInvalid };
        return read;
    }

    /// <summary>Opens an envelope that one of the owners signed. Whether it is still valid is asked of the result, with a time.</summary>
    public static bool TryOpen(ReadOnlyMemory<byte> envelope, IReadOnlyList<OwnerPublicKey> owners,
        [NotNullWhen(true)] out SignedTrustPolicy? opened, [NotNullWhen(false)] out Refusal? refusal)
    {
        opened = null;
        if (!DsseEnvelope.TryParse(envelope, out DsseEnvelope? parsed, out refusal))
        {
            refusal = refusal with { Reason = RefusalReason.PolicyInvalid };
            return false;
        }

        if (!parsed.TryVerify(PayloadType, owners, 1, out VerifiedPayload? payload, out refusal))
        {
            refusal = new(RefusalReason.PolicySignatureInvalid, $"The trust policy is refused: {refusal.Message}");
            return false;
        }

        opened = TryParse(payload.Bytes.Memory, out TrustPolicy? policy, out refusal) ? new SignedTrustPolicy(policy, payload) : null;
        return opened is not null;
    }

    /// <summary>Returns the document that an owner signs (RFC 8785).</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(TrustPolicyJson.Write(this));

    /// <summary>Signs the document.</summary>
    public DsseEnvelope Sign(params ReadOnlySpan<OwnerKey> keys) => DsseEnvelope.Sign(PayloadType, ToJson(), keys);

    private bool? DevelopmentOf(TeeKind kind) => kind switch
    {
        TeeKind.Snp => Snp?.Development,
        TeeKind.Tdx => Tdx?.Development,
        TeeKind.AzureSnp => AzureSnp?.Snp.Development,
        TeeKind.AzureTdx => AzureTdx?.Tdx.Development,
        TeeKind.Nitro => Nitro?.Development,
        TeeKind.Sample => Sample?.Development,
        _ => null,
    };
}
