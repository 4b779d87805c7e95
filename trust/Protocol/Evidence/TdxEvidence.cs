using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>TDX evidence in the JSON form of Confidential Containers: a quote, and the event log of the firmware where there is one.</summary>
public sealed record TdxEvidence
{
    /// <summary>The most bytes of a quote; platforms pad theirs to 8000.</summary>
    public const int LongestQuote = 32 * 1024;

    /// <summary>The most bytes of an event log; firmware sets 64 KiB aside.</summary>
    public const int LongestEventLog = 512 * 1024;

    private const int LongestJson = 1024 * 1024;
    private const string QuoteMember = "quote";
    private const string EventLogMember = "cc_eventlog";

    /// <summary>Gets the quote.</summary>
    public required ByteString Quote { get; init; }

    /// <summary>Gets the event log (ACPI table CCEL); null when none came.</summary>
    public ByteString? EventLog { get; init; }

    /// <summary>Reads evidence.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out TdxEvidence? evidence, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "TDX evidence", LongestJson, Read, out evidence, out refusal);

    /// <summary>Returns the JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(new JsonObject
    {
        [QuoteMember] = Convert.ToBase64String(Quote.Span),
        [EventLogMember] = EventLog is null ? null : Convert.ToBase64String(EventLog.Span),
    });

    private static TdxEvidence Read(StrictObject given)
    {
        given.IgnoreUnknown();
        return new()
        {
            Quote = new ByteString(given.Base64(QuoteMember, LongestQuote)),
            EventLog = given.Has(EventLogMember) ? new ByteString(given.Base64(EventLogMember, LongestEventLog)) : null,
        };
    }
}
