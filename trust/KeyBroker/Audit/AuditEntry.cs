using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Audit;

namespace ConfidentialOperator.KeyBroker.Audit;

/// <summary>What a caller knows of a record; the log adds number, time, link and signature.</summary>
internal sealed record AuditEntry(string Tenant, AuditEvent Event)
{
    public string Model { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Replica { get; init; } = "";

    public string Subject { get; init; } = "";

    public string Tee { get; init; } = "";

    public string Measurement { get; init; } = "";

    public string InitDataSha256 { get; init; } = "";

    public long PolicyVersion { get; init; }

    public string PolicySha256 { get; init; } = "";

    public bool Development { get; init; }

    public RefusalReason Reason { get; init; }

    public string Message { get; init; } = "";
}
