namespace ConfidentialOperator.Protocol.Audit;

/// <summary>
/// One entry of a tenant's audit log. It never holds a secret: keys, prompts and tokens have no member here. Every member is always
/// written; what does not apply is empty.
/// </summary>
public sealed record AuditRecord
{
    /// <summary>Gets the place in the tenant's chain, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>Gets the time, to the millisecond.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets the tenant: the chain that the record belongs to.</summary>
    public required string Tenant { get; init; }

    /// <summary>Gets what happened.</summary>
    public required AuditEvent Event { get; init; }

    /// <summary>Gets the model, or an empty text.</summary>
    public string Model { get; init; } = "";

    /// <summary>Gets the resource (<c>kbs:///…</c>), or an empty text.</summary>
    public string Resource { get; init; } = "";

    /// <summary>Gets the replica that the guest says it is: a label, not a proof.</summary>
    public string Replica { get; init; } = "";

    /// <summary>Gets who asked: the key id of an owner, or the digest of a guest's public key.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Gets the kind of TEE, or an empty text.</summary>
    public string Tee { get; init; } = "";

    /// <summary>Gets the launch measurement of authentic evidence, in lower-case hex, or an empty text.</summary>
    public string Measurement { get; init; } = "";

    /// <summary>Gets the measured initdata digest, in lower-case hex, or an empty text.</summary>
    public string InitDataSha256 { get; init; } = "";

    /// <summary>Gets the version of the policy that decided; 0 when none did.</summary>
    public long PolicyVersion { get; init; }

    /// <summary>Gets the SHA-256 of the policy that decided, or an empty text.</summary>
    public string PolicySha256 { get; init; } = "";

    /// <summary>Gets whether the evidence ends in a development root.</summary>
    public bool Development { get; init; }

    /// <summary>Gets the reason; <see cref="RefusalReason.None"/> where nothing was refused or released.</summary>
    public RefusalReason Reason { get; init; }

    /// <summary>Gets one sentence for people.</summary>
    public string Message { get; init; } = "";

    /// <summary>Gets the SHA-256 of the line before, in lower-case hex; 64 zeros in the first record.</summary>
    public required string Previous { get; init; }
}
