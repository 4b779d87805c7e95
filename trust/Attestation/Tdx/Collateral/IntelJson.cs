using System.Globalization;
using System.Text.Json;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>
/// An object of Intel's collateral: typed reading of its members. The first fault is remembered, and what is read after it is of no use. Members that nobody
/// asks for are let pass, since Intel adds some; that none stands twice was seen to when the document was opened.
/// </summary>
internal readonly struct IntelJson(JsonElement element, string path, IntelJson.FirstFault fault)
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ssZ";

    public bool IsSound => fault.Text is null;

    public JsonElement Element => element;

    public void Fail(string name, string expected) => fault.Text ??= $"'{path}{name}' must be {expected}";

    public bool Has(string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out _);

    public IntelJson Child(string name) => new(Member(name, JsonValueKind.Object, "an object"), $"{path}{name}.", fault);

    public string Text(string name, int longest = 64)
    {
        string? text = Member(name, JsonValueKind.String, "a text") is { ValueKind: JsonValueKind.String } member ? member.GetString() : "";
        if (text!.Length > longest)
        {
            Fail(name, $"at most {longest} characters");
        }

        return text;
    }

    public int Number(string name, int most)
    {
        JsonElement member = Member(name, JsonValueKind.Number, "a number");
        int number = 0;
        if (member.ValueKind != JsonValueKind.Number || !member.TryGetInt32(out number) || number < 0 || number > most)
        {
            Fail(name, $"a whole number from 0 to {most}");
        }

        return number;
    }

    public ByteString Hex(string name, int length)
    {
        if (ByteString.TryFromHex(Text(name, 2 * length), length, out ByteString? bytes))
        {
            return bytes;
        }

        Fail(name, $"{length} bytes in hex");
        return ByteString.Empty;
    }

    public DateTimeOffset Time(string name)
    {
        if (!DateTimeOffset.TryParseExact(Text(name), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            Fail(name, "a time in UTC, such as 2026-01-01T00:00:00Z");
        }

        return time;
    }

    /// <summary>Returns the objects of a list.</summary>
    public IReadOnlyList<T> List<T>(string name, int most, Func<IntelJson, T> read)
    {
        JsonElement list = Member(name, JsonValueKind.Array, "a list");
        int length = list.ValueKind == JsonValueKind.Array ? list.GetArrayLength() : 0;
        if (length > most)
        {
            Fail(name, $"a list of at most {most} entries");
            return [];
        }

        var entries = new List<T>(length);
        string inner = $"{path}{name}[].";
        for (int at = 0; at < length && IsSound; at++)
        {
            entries.Add(read(new IntelJson(list[at], inner, fault)));
        }

        return entries;
    }

    /// <summary>Returns the texts of a list; none when it is not there.</summary>
    public IReadOnlyList<string> Texts(string name, int most)
    {
        if (!Has(name))
        {
            return [];
        }

        JsonElement list = Member(name, JsonValueKind.Array, "a list");
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > most || list.EnumerateArray().Any(entry => entry.ValueKind != JsonValueKind.String))
        {
            Fail(name, $"a list of at most {most} texts");
            return [];
        }

        return [.. list.EnumerateArray().Select(entry => entry.GetString()!)];
    }

    private JsonElement Member(string name, JsonValueKind kind, string expected)
    {
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement member) && member.ValueKind == kind)
        {
            return member;
        }

        Fail(name, expected);
        return default;
    }

    /// <summary>The first fault of a document.</summary>
    internal sealed class FirstFault
    {
        public string? Text { get; set; }
    }
}
