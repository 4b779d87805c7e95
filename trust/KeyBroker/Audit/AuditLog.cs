using ConfidentialOperator.KeyBroker.Storage;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Audit;
using Microsoft.Data.Sqlite;

namespace ConfidentialOperator.KeyBroker.Audit;

/// <summary>One append-only, hash-chained, signed log per tenant.</summary>
internal sealed class AuditLog(BrokerDatabase database, AuditKey key, TimeProvider time, RefusalBudget budget)
{
    private const int PageLines = 500;

    // Escaped at worst, it still leaves a line below AuditLine.MaximumLength: what a peer sends cannot end a chain.
    private const int LongestMessage = 1024;
    private readonly Lock _signing = new();

    public string PublicKeyPem => key.PublicPem;

    /// <summary>Appends a record that stands alone.</summary>
    public Task<AuditHead> AppendAsync(AuditEntry entry, CancellationToken cancellationToken) =>
        database.WriteAsync(Durability.Disk, connection => Append(connection, entry), cancellationToken);

    /// <summary>
    /// Appends a refusal of somebody who proved nothing, as far as the tenant's budget goes. It is not cancelled: who hangs up is recorded too.
    /// </summary>
    public Task AppendRefusalOfStrangerAsync(AuditEntry entry) => AppendRefusalAsync(entry, entry.Tenant);

    /// <summary>
    /// Records the refusal of a guest that hardware vouches for, within a budget of its own: whoever owns one such machine could otherwise fill the disk with
    /// refusals, and strangers cannot use this budget up.
    /// </summary>
    public Task AppendRefusalOfGuestAsync(AuditEntry entry) => AppendRefusalAsync(entry, entry.Tenant + "/guests");

    private Task AppendRefusalAsync(AuditEntry entry, string line)
    {
        if (!budget.TrySpend(line, out long unrecorded))
        {
            return Task.CompletedTask;
        }

        return AppendAsync(unrecorded == 0 ? entry : entry with
        {
            Message = $"{entry.Message} ({unrecorded} refusals before this one were not recorded: there were too many.)",
        }, CancellationToken.None);
    }

    /// <summary>Appends a record inside the transaction that it tells of.</summary>
    public AuditHead Append(SqliteConnection connection, AuditEntry entry)
    {
        (AuditHead head, DateTimeOffset last) = ReadHead(connection, entry.Tenant);
        DateTimeOffset now = time.GetUtcNow();
        AuditRecord record = Record(entry, head, now < last ? last : now);
        string line;
        lock (_signing)
        {
            line = AuditLine.Write(record, key.Key);
        }

        connection.Execute("INSERT INTO audit (tenant, sequence, line) VALUES ($tenant, $sequence, $line)",
            ("$tenant", record.Tenant), ("$sequence", record.Sequence), ("$line", line));
        return new AuditHead(record.Sequence, AuditLine.Digest(line));
    }

    public AuditHead Head(string tenant) => database.Read(connection => ReadHead(connection, tenant).Head);

    /// <summary>Reads a tenant's lines in order, page by page, up to the head at the time of the call.</summary>
    public IEnumerable<string> Export(string tenant, long after)
    {
        long end = Head(tenant).Sequence;
        while (after < end)
        {
            List<string> page = database.Read(connection => ReadPage(connection, tenant, after, end));
            foreach (string line in page)
            {
                yield return line;
            }

            after += PageLines;
        }
    }

    /// <summary>
    /// Refuses to go on from a chain that this key did not sign or that was changed: every tenant's chain is verified from its start.
    /// </summary>
    public bool TryVerify(out Refusal? refusal)
    {
        foreach (string tenant in database.Read(Tenants))
        {
            using var chain = new AuditChain(tenant, PublicKeyPem);
            foreach (string line in Export(tenant, after: 0))
            {
                if (!chain.TryAppend(line, out _, out refusal))
                {
                    refusal = refusal with { Message = $"The audit log of tenant '{tenant}' is broken. {refusal.Message}" };
                    return false;
                }
            }
        }

        refusal = null;
        return true;
    }

    private static List<string> Tenants(SqliteConnection connection)
    {
        using SqliteCommand command = connection.Command("SELECT DISTINCT tenant FROM audit ORDER BY tenant");
        return ReadTexts(command);
    }

    private static List<string> ReadPage(SqliteConnection connection, string tenant, long after, long end)
    {
        using SqliteCommand command = connection.Command(
            "SELECT line FROM audit WHERE tenant = $tenant AND sequence > $after AND sequence <= $end AND sequence <= $page ORDER BY sequence",
            ("$tenant", tenant), ("$after", after), ("$end", end), ("$page", after + PageLines));
        return ReadTexts(command);
    }

    private static List<string> ReadTexts(SqliteCommand command)
    {
        List<string> texts = [];
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            texts.Add(reader.GetString(0));
        }

        return texts;
    }

    /// <summary>Reads and checks the last line: a broken chain is not continued, so its fault stays where it was made.</summary>
    private (AuditHead Head, DateTimeOffset At) ReadHead(SqliteConnection connection, string tenant)
    {
        string? line = (string?)connection.Scalar(
            "SELECT line FROM audit WHERE tenant = $tenant ORDER BY sequence DESC LIMIT 1", ("$tenant", tenant));
        if (line is null)
        {
            return (AuditHead.Empty, DateTimeOffset.MinValue);
        }

        lock (_signing)
        {
            return AuditLine.TryRead(line, key.Key, out AuditRecord? record, out Refusal? refusal)
                ? (new AuditHead(record.Sequence, AuditLine.Digest(line)), record.At)
                : throw new InvalidDataException($"The audit log of tenant '{tenant}' cannot be continued. {refusal.Message}");
        }
    }

    private static AuditRecord Record(AuditEntry entry, AuditHead head, DateTimeOffset at) => new()
    {
        Sequence = head.Sequence + 1,
        At = at,
        Tenant = entry.Tenant,
        Event = entry.Event,
        Model = entry.Model,
        Resource = entry.Resource,
        Replica = entry.Replica,
        Subject = entry.Subject,
        Tee = entry.Tee,
        Measurement = entry.Measurement,
        InitDataSha256 = entry.InitDataSha256,
        PolicyVersion = entry.PolicyVersion,
        PolicySha256 = entry.PolicySha256,
        Development = entry.Development,
        Reason = entry.Reason,
        Message = entry.Message.Length <= LongestMessage ? entry.Message : entry.Message[..LongestMessage],
        Previous = head.Sha256,
    };
}
