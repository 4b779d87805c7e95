namespace ConfidentialOperator.Protocol.Audit;

/// <summary>The end of a chain: whoever keeps it can tell later that nothing before it was removed or replaced.</summary>
/// <param name="Sequence">The number of the last record; 0 for an empty chain.</param>
/// <param name="Sha256">The SHA-256 of the last line, in lower-case hex; 64 zeros for an empty chain.</param>
public sealed record AuditHead(long Sequence, string Sha256)
{
    /// <summary>Gets the head of a chain without records.</summary>
    public static AuditHead Empty { get; } = new(0, new string('0', 64));
}
