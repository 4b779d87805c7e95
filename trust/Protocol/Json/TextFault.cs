using System.Runtime.InteropServices;
using System.Text.Json;

namespace ConfidentialOperator.Protocol.Json;

/// <summary>
/// Finds names that stand twice, and escapes that are no characters, anywhere in a document. It stops at the first, and only then puts the path
/// together, from the inside out: a stranger's long names and lists cost no more than they are long.
/// </summary>
internal sealed record TextFault(RefusalReason Reason, string Path, string Message)
{
    /// <summary>Returns the first fault, or null.</summary>
    public static TextFault? Find(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => FindInObject(element),

        // Without a quotation mark there is neither name nor text inside: evidence is mostly lists of numbers.
        JsonValueKind.Array when JsonMarshal.GetRawUtf8Value(element).Contains((byte)'"') => FindInArray(element),
        JsonValueKind.String when !IsText(element.GetString) => new(RefusalReason.Malformed, "", "is not text"),
        _ => null,
    };

    private static TextFault? FindInArray(JsonElement element)
    {
        int at = 0;
        foreach (JsonElement entry in element.EnumerateArray())
        {
            if (Find(entry) is { } fault)
            {
                return fault.Inside($"[{at}]");
            }

            at++;
        }

        return null;
    }

    private static TextFault? FindInObject(JsonElement element)
    {
        var names = new HashSet<string>(element.GetPropertyCount(), StringComparer.Ordinal);
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (NameOf(member) is not { } name)
            {
                return new(RefusalReason.Malformed, "", "has a name that is not text");
            }

            if (!names.Add(name))
            {
                return new(RefusalReason.DuplicateMember, Reading.Shown(name), "stands twice");
            }

            if (Find(member.Value) is { } fault)
            {
                return fault.Inside(Reading.Shown(name));
            }
        }

        return null;
    }

    private TextFault Inside(string part) =>
        this with { Path = Path.Length == 0 || Path[0] == '[' ? part + Path : $"{part}.{Path}" };

    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    // The escape of half a surrogate pair is JSON, but no text; the platform reports it when the text is taken.
    private static bool IsText(Func<string?> take)
    {
        try
        {
            _ = take();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
