using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ConfidentialOperator.Protocol.Audit;

/// <summary>
/// Verifies an exported audit log offline, line by line: each record is signed, carries the next number of the same tenant, names the digest
/// of the line before, and is not older than it. A chain that was cut at its end is a valid shorter chain; only <see cref="TryReach"/>
/// with a head that was kept from an earlier export tells that.
/// </summary>
public sealed class AuditChain : IDisposable
{
    private readonly ECDsa _key;
    private readonly string _tenant;
    private readonly Dictionary<long, string> _kept = [];
    private DateTimeOffset _last = DateTimeOffset.MinValue;

    /// <summary>Starts an empty chain.</summary>
    /// <param name="tenant">The tenant whose log it must be.</param>
    /// <param name="publicKeyPem">The broker's audit key: the SPKI in PEM.</param>
    /// <param name="earlier">Heads of earlier exports that the log must still contain.</param>
    public AuditChain(string tenant, string publicKeyPem, params ReadOnlySpan<AuditHead> earlier)
    {
        _tenant = tenant;
        _key = ECDsa.Create();
        _key.ImportFromPem(publicKeyPem);
        foreach (AuditHead head in earlier)
        {
            _kept[head.Sequence] = head.Sha256;
        }
    }

    /// <summary>Gets the end of what was verified so far.</summary>
    public AuditHead Head { get; private set; } = AuditHead.Empty;

    /// <summary>Verifies the next line. After a refusal nothing more of this log can be believed.</summary>
    public bool TryAppend(string line, [NotNullWhen(true)] out AuditRecord? record, [NotNullWhen(false)] out Refusal? refusal)
    {
        if (!AuditLine.TryRead(line, _key, out record, out refusal))
        {
            return false;
        }

        string digest = AuditLine.Digest(line);
        string? fault = Fault(record, digest);
        if (fault is not null)
        {
            record = null;
            refusal = new(RefusalReason.AuditChainBroken, fault);
            return false;
        }

        Head = new AuditHead(record.Sequence, digest);
        _last = record.At;
        return true;
    }

    /// <summary>Says whether the log reaches every head that was given: false when records were cut from its end.</summary>
    public bool TryReach([NotNullWhen(false)] out Refusal? refusal)
    {
        long missing = _kept.Keys.Where(sequence => sequence > Head.Sequence).Order().FirstOrDefault();
        refusal = missing == 0 ? null
            : new(RefusalReason.AuditChainBroken, $"The log ends at record {Head.Sequence}; an earlier export had record {missing}.");
        return refusal is null;
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private string? Fault(AuditRecord record, string digest)
    {
        if (record.Tenant != _tenant)
        {
            return $"Record {record.Sequence} is of tenant '{record.Tenant}', not of '{_tenant}'.";
        }

        if (record.Sequence != Head.Sequence + 1)
        {
            return $"Record {record.Sequence} follows record {Head.Sequence}: records are missing, repeated or in another order.";
        }

        if (record.Previous != Head.Sha256)
        {
            return $"Record {record.Sequence} does not follow the line before it: that line was replaced.";
        }

        if (record.At < _last)
        {
            return $"Record {record.Sequence} is older than the record before it.";
        }

        return _kept.TryGetValue(record.Sequence, out string? expected) && expected != digest
            ? $"Record {record.Sequence} is not the one of an earlier export."
            : null;
    }
}
