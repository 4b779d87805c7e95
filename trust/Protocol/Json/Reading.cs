using System.Runtime.InteropServices;
using System.Text.Json;

namespace ConfidentialOperator.Protocol.Json;

/// <summary>One pass over one document: remembers the first fault, and which objects were opened.</summary>
internal sealed class Reading(string what)
{
    private readonly List<StrictObject> _opened = [];

    /// <summary>Gets the first fault.</summary>
    public Refusal? Fault { get; private set; }

    public void Fail(RefusalReason reason, string path, string message) =>
        Fault ??= new(reason, $"The {what} is refused: {(path.Length == 0 ? "it" : $"'{path}'")} {message}.");

    public StrictObject Open(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Fail(RefusalReason.Malformed, path, "must be an object");
        }

        var opened = new StrictObject(this, element, path);
        _opened.Add(opened);
        return opened;
    }

    public void CheckAllRead()
    {
        foreach (StrictObject opened in _opened)
        {
            opened.CheckAllRead();
        }
    }

    /// <summary>Refuses names that stand twice, and escapes that are no characters, anywhere in the document.</summary>
    public void CheckText(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            CheckMembers(element, path);
        }
        else if (element.ValueKind == JsonValueKind.Array && JsonMarshal.GetRawUtf8Value(element).Contains((byte)'"'))
        {
            // Without a quotation mark there is neither name nor text inside: evidence is mostly lists of numbers.
            int at = 0;
            foreach (JsonElement entry in element.EnumerateArray())
            {
                CheckText(entry, $"{path}[{at}]");
                at++;
            }
        }
        else if (element.ValueKind == JsonValueKind.String && !IsText(element.GetString))
        {
            Fail(RefusalReason.Malformed, path, "is not text");
        }
    }

    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private void CheckMembers(JsonElement element, string path)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!IsText(() => member.Name))
            {
                Fail(RefusalReason.Malformed, path, "has a name that is not text");
                return;
            }

            if (!names.Add(member.Name))
            {
                Fail(RefusalReason.DuplicateMember, Join(path, member.Name), "stands twice");
                return;
            }

            CheckText(member.Value, Join(path, member.Name));
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
