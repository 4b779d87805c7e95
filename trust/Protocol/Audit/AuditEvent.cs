namespace ConfidentialOperator.Protocol.Audit;

/// <summary>What a record of the audit log tells. Names are append-only: they stand in signed records.</summary>
public enum AuditEvent
{
    /// <summary>A resource left the broker, wrapped for one guest.</summary>
    Released = 1,
    /// <summary>A guest was refused, at attestation or at release.</summary>
    Refused = 2,
    /// <summary>Evidence was authentic and the policy of the model that the guest names accepts it.</summary>
    Attested = 3,
    /// <summary>An owner stored a resource.</summary>
    ResourceStored = 4,
    /// <summary>An owner deleted a resource.</summary>
    ResourceDeleted = 5,
    /// <summary>A signed policy came into force.</summary>
    PolicyAccepted = 6,
    /// <summary>A policy was refused.</summary>
    PolicyRefused = 7,
    /// <summary>The sessions of a model were revoked.</summary>
    SessionsRevoked = 8,
    /// <summary>A replica was forgotten.</summary>
    ReplicaForgotten = 9,
    /// <summary>Somebody without an owner's token asked for what only an owner may do.</summary>
    ChangeRefused = 10,
    /// <summary>An owner read the audit log.</summary>
    AuditExported = 11,
}
