using System.Runtime.InteropServices;
using System.Text.Json;

namespace ConfidentialOperator.Protocol.Json;

/// <summary>
/// An object under strict reading. A member that is missing or of another type is a fault that ends in a refusal; the method then returns a
/// harmless default, so that reading code has no branches. Members that nobody asked for are a fault as well.
/// </summary>
public sealed class StrictObject
{
    private const int LongestText = 4096;

    private readonly Reading _reading;
    private readonly JsonElement _element;
    private readonly HashSet<string> _read;
    private bool _ignoresUnknown;
    private int _found;

    internal StrictObject(Reading reading, JsonElement element, string path)
    {
        _reading = reading;
        _element = element;
        _read = new(element.ValueKind == JsonValueKind.Object ? element.GetPropertyCount() : 0, StringComparer.Ordinal);
        Path = path;
    }

    /// <summary>Gets where the object stands in the document; empty for the document itself.</summary>
    public string Path { get; }

    /// <summary>Gets the names of all members.</summary>
    public IReadOnlyList<string> Names =>
        _element.ValueKind == JsonValueKind.Object ? [.. _element.EnumerateObject().Select(member => member.Name)] : [];

    /// <summary>Lets members pass that nobody asks for: for messages whose standard says so.</summary>
    public StrictObject IgnoreUnknown()
    {
        _ignoresUnknown = true;
        return this;
    }

    /// <summary>Reports a fault of a member that is of the right type but has a wrong value.</summary>
    public void Fail(string name, string message, RefusalReason reason = RefusalReason.Malformed) =>
        _reading.Fail(reason, name.Length == 0 ? Path : Reading.Join(Path, name), message);

    /// <summary>Returns whether the member is there and is not null.</summary>
    public bool Has(string name)
    {
        bool present = TryMember(name, out JsonElement member);
        return present && member.ValueKind != JsonValueKind.Null;
    }

    /// <summary>Returns a text.</summary>
    public string Text(string name, int longest = LongestText)
    {
        if (!TryMember(name, JsonValueKind.String, "a text", out JsonElement member))
        {
            return "";
        }

        string text = member.GetString()!;
        if (text.Length > longest)
        {
            Fail(name, $"is longer than {longest} characters", RefusalReason.TooLarge);
            return "";
        }

        return text;
    }

    /// <summary>Returns a text that is not empty.</summary>
    public string Name(string name, int longest = 253)
    {
        string text = Text(name, longest);
        if (text.Length == 0)
        {
            Fail(name, "must not be empty");
        }

        return text;
    }

    /// <summary>Requires a text of one value, such as the name of a format.</summary>
    public void Literal(string name, string value)
    {
        if (Text(name) != value)
        {
            Fail(name, $"must be '{value}'", RefusalReason.Unsupported);
        }
    }

    /// <summary>Returns a whole number.</summary>
    public long Number(string name, long least = 0, long most = long.MaxValue)
    {
        if (!TryMember(name, JsonValueKind.Number, "a number", out JsonElement member))
        {
            return least;
        }

        if (!member.TryGetInt64(out long value) || value < least || value > most)
        {
            Fail(name, $"must be a whole number from {least} to {most}");
            return least;
        }

        return value;
    }

    /// <summary>Returns a time that is written in seconds since 1970.</summary>
    public DateTimeOffset Time(string name) => DateTimeOffset.FromUnixTimeSeconds(Number(name, 1, 253_402_300_799));

    /// <summary>Returns a truth value.</summary>
    public bool Flag(string name)
    {
        if (!TryMember(name, out JsonElement member) || member.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            FailMissing(name, member, "true or false");
            return false;
        }

        return member.ValueKind == JsonValueKind.True;
    }

    /// <summary>Returns bytes that are written in lower-case hex, of exactly this length.</summary>
    public ByteString Hex(string name, int length) => HexOf(Text(name, 2 * length), name, length);

    /// <summary>Returns bytes that are written in Base64 with its padding.</summary>
    public byte[] Base64(string name, int longest)
    {
        string text = Text(name, (longest + 2) / 3 * 4);
        byte[] bytes = new byte[Math.Max(0, (text.Length / 4 * 3) - (text.EndsWith("==", StringComparison.Ordinal) ? 2 : text.EndsWith('=') ? 1 : 0))];
        if (!Convert.TryFromBase64String(text, bytes, out int written) || written != bytes.Length || !Base64UrlText.IsTheOnlyText(text, bytes))
        {
            Fail(name, "must be Base64");
            return [];
        }

        return bytes;
    }

    /// <summary>Returns bytes that are written in URL-safe Base64 without padding.</summary>
    public byte[] Base64Url(string name, int longest)
    {
        string text = Text(name, (longest + 2) / 3 * 4);
        byte[] bytes = new byte[(text.Length / 4 * 3) + 3];
        if (!Base64UrlText.TryDecode(text, bytes, out int written))
        {
            Fail(name, "must be URL-safe Base64 without padding");
            return [];
        }

        return bytes[..written];
    }

    /// <summary>Opens an object.</summary>
    public StrictObject Child(string name)
    {
        if (!TryMember(name, out JsonElement member))
        {
            FailMissing(name, default, "an object");
        }

        return _reading.Open(member, Reading.Join(Path, name));
    }

    /// <summary>Returns the entries of a list of texts.</summary>
    public IReadOnlyList<string> Texts(string name, int most, int longest = LongestText) => List(name, most, JsonValueKind.String, "texts",
        (entry, path) => entry.GetString() is { } text && text.Length <= longest ? text : FailEntry(path, $"is longer than {longest} characters"));

    /// <summary>Returns the entries of a list of digests in lower-case hex.</summary>
    public IReadOnlyList<ByteString> HexTexts(string name, int most, int length) =>
        [.. Texts(name, most, 2 * length).Select((text, at) => HexOf(text, $"{name}[{at}]", length))];

    /// <summary>Returns the entries of a list of whole numbers.</summary>
    public IReadOnlyList<long> Numbers(string name, int most, long least, long greatest) => List(name, most, JsonValueKind.Number, "numbers",
        (entry, path) => entry.TryGetInt64(out long value) && value >= least && value <= greatest
            ? value : FailEntry(path, $"must be a whole number from {least} to {greatest}").Length);

    /// <summary>Returns bytes that are written as a list of numbers. Evidence has thousands of them, so a path is made for a faulty one only.</summary>
    public byte[] ByteNumbers(string name, int most)
    {
        if (!TryList(name, most, "numbers", out JsonElement list))
        {
            return [];
        }

        byte[] bytes = new byte[list.GetArrayLength()];
        if (ByteList.Read(JsonMarshal.GetRawUtf8Value(list), bytes) is >= 0 and int wrong)
        {
            Fail($"{name}[{wrong}]", $"must be a whole number from 0 to {byte.MaxValue}");
            return [];
        }

        return bytes;
    }

    /// <summary>Returns the entries of a list of objects.</summary>
    public IReadOnlyList<T> Objects<T>(string name, int most, Func<StrictObject, T> read) =>
        List(name, most, JsonValueKind.Object, "objects", (entry, path) => read(_reading.Open(entry, path)));

    /// <summary>Returns any value; it stays readable after the document is closed.</summary>
    public JsonElement Any(string name)
    {
        if (!TryMember(name, out JsonElement member))
        {
            FailMissing(name, default, "there");
            return default;
        }

        return member.Clone();
    }

    internal void CheckAllRead()
    {
        // No name stands twice: as many members as were found when they were asked for are all that there are.
        bool isWhole = _ignoresUnknown || _element.ValueKind != JsonValueKind.Object || _element.GetPropertyCount() == _found;
        if ((isWhole ? null : Names.FirstOrDefault(name => !_read.Contains(name))) is { } unknown)
        {
            Fail(Reading.Shown(unknown), "is not a known member", RefusalReason.UnknownMember);
        }
    }

    private List<T> List<T>(string name, int most, JsonValueKind kind, string what, Func<JsonElement, string, T> read)
    {
        if (!TryList(name, most, what, out JsonElement member))
        {
            return [];
        }

        var values = new List<T>();
        foreach (JsonElement entry in member.EnumerateArray())
        {
            string path = $"{name}[{values.Count}]";
            if (entry.ValueKind != kind || _reading.Fault is not null) // What is refused already is read no further: each entry costs memory, however short.
            {
                FailEntry(path, $"must be one of {what}");
                return [];
            }

            values.Add(read(entry, kind == JsonValueKind.Object ? Reading.Join(Path, path) : path));
        }

        return values;
    }

    private bool TryList(string name, int most, string what, out JsonElement list)
    {
        bool isList = TryMember(name, JsonValueKind.Array, $"a list of {what}", out list);
        if (isList && list.GetArrayLength() > most)
        {
            Fail(name, $"has more than {most} entries", RefusalReason.TooLarge);
            isList = false;
        }

        return isList;
    }

    private ByteString HexOf(string text, string name, int length)
    {
        if (!ByteString.TryFromHex(text, length, out ByteString? value) || text.Any(char.IsAsciiLetterUpper))
        {
            Fail(name, $"must be {2 * length} digits of lower-case hex");
            return ByteString.Empty;
        }

        return value;
    }

    private string FailEntry(string path, string message)
    {
        Fail(path, message);
        return "";
    }

    private bool TryMember(string name, JsonValueKind kind, string what, out JsonElement member)
    {
        if (TryMember(name, out member) && member.ValueKind == kind)
        {
            return true;
        }

        FailMissing(name, member, what);
        return false;
    }

    private void FailMissing(string name, JsonElement member, string what)
    {
        bool missing = member.ValueKind == JsonValueKind.Undefined;
        Fail(name, missing ? "is missing" : $"must be {what}", missing ? RefusalReason.MissingMember : RefusalReason.Malformed);
    }

    private bool TryMember(string name, out JsonElement member)
    {
        bool isFirst = _read.Add(name);
        member = default;
        bool isThere = _element.ValueKind == JsonValueKind.Object && _element.TryGetProperty(name, out member);
        _found += isFirst && isThere ? 1 : 0;
        return isThere;
    }
}
