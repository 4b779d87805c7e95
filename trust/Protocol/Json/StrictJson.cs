using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace ConfidentialOperator.Protocol.Json;

/// <summary>
/// Typed reading of JSON from strangers. The length is checked before anything is parsed; invalid UTF-8, comments, trailing data, duplicate and
/// unknown members, and values of another type are refused, and the refusal names the path of the member.
/// </summary>
public static class StrictJson
{
    private const int DeepestNesting = 32;

    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = DeepestNesting };

    /// <summary>Reads an object.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="what">What the text is, for the refusal.</param>
    /// <param name="longest">The most bytes that the text may have.</param>
    /// <param name="read">Takes the members; it may see default values after a fault, and its result is then dropped.</param>
    /// <param name="value">What was read.</param>
    /// <param name="refusal">Why it was refused.</param>
    public static bool TryRead<T>(ReadOnlyMemory<byte> utf8, string what, int longest, Func<StrictObject, T?> read,
        [NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Refusal? refusal)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(read);
        value = null;
        if (utf8.Length > longest)
        {
            refusal = new(RefusalReason.TooLarge, $"The {what} has {utf8.Length} bytes; the limit is {longest}.");
            return false;
        }

        if (!Utf8.IsValid(utf8.Span))
        {
            refusal = new(RefusalReason.Malformed, $"The {what} is not valid UTF-8.");
            return false;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, s_options);
            return TryRead(document.RootElement, what, read, out value, out refusal);
        }
        catch (JsonException)
        {
            refusal = new(RefusalReason.Malformed, $"The {what} is not JSON, or is nested deeper than {DeepestNesting} levels.");
            return false;
        }
    }

    private static bool TryRead<T>(JsonElement root, string what, Func<StrictObject, T?> read,
        [NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Refusal? refusal)
        where T : class
    {
        var reading = new Reading(what);
        value = null;
        reading.CheckText(root);
        if (reading.Fault is null)
        {
            StrictObject given = reading.Open(root, "");
            value = reading.Fault is null ? read(given) : null;
            reading.CheckAllRead();
        }

        refusal = reading.Fault ?? (value is null ? new(RefusalReason.Malformed, $"The {what} cannot be used.") : null);
        value = refusal is null ? value : null;
        return value is not null;
    }
}
