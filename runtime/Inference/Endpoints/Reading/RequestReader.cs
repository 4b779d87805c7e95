using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Endpoints.Reading;

/// <summary>
/// Reads the members of a JSON object, each by its name and type. The first fault is remembered and later values are defaults; at the end a member
/// that nobody read is a fault too. A member that is null counts as absent.
/// </summary>
internal sealed class RequestReader
{
    private const int DeepestNesting = 32;

    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly List<RequestReader> _children = [];
    private readonly string _path;
    private readonly RequestReader _root;
    private RequestFault? _fault;

    private RequestReader(JsonElement element, string path, RequestReader? root)
    {
        _path = path;
        _root = root ?? this;
        if (element.ValueKind != JsonValueKind.Object)
        {
            Fail("", "must be an object");
            return;
        }

        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null)
            {
                _members.Add(member.Name, member.Value);
            }
        }
    }

    /// <summary>Reads a request.</summary>
    public static bool TryRead<T>(ReadOnlyMemory<byte> json, Func<RequestReader, T> read, [NotNullWhen(true)] out T? value,
        [NotNullWhen(false)] out RequestFault? fault)
        where T : class
    {
        value = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = DeepestNesting, AllowDuplicateProperties = false });
            var reader = new RequestReader(document.RootElement, "", null);
            T result = read(reader);
            reader.CheckAllRead();
            fault = reader._fault;
            value = fault is null ? result : null;
        }
        catch (JsonException exception)
        {
            fault = Whole($"it is not JSON, or has a member twice, or is nested deeper than {DeepestNesting} levels "
                + $"(line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})");
        }
        catch (InvalidOperationException)
        {
            fault = Whole("it has text that is not valid Unicode");
        }

        return value is not null;

        static RequestFault Whole(string why) => new(new(RefusalReason.RequestInvalid, $"The body of the request cannot be read: {why}."), null);
    }

    /// <summary>Gets whether everything up to here was well.</summary>
    public bool IsSound => _root._fault is null;

    /// <summary>Remembers a fault of a member; only the first counts.</summary>
    public void Fail(string name, string why)
    {
        string field = PathOf(name);
        _root._fault ??= new(new(RefusalReason.RequestInvalid, field.Length == 0 ? $"The body {why}." : $"The field '{field}' {why}."), field);
    }

    /// <summary>Gets a member of any type; null when it is absent.</summary>
    public JsonElement? Any(string name)
    {
        _read.Add(name);
        return _members.TryGetValue(name, out JsonElement value) ? value : null;
    }

    public string? Text(string name) => TypedAs(name, JsonValueKind.String, "a text")?.GetString();

    public string RequiredText(string name) => Text(name) ?? Missing(name, "");

    public bool? Flag(string name)
    {
        JsonElement? value = Any(name);
        if (value is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) })
        {
            Fail(name, "must be true or false");
            return null;
        }

        return value?.GetBoolean();
    }

    public double? Number(string name, double least, double most)
    {
        double? value = TypedAs(name, JsonValueKind.Number, "a number")?.GetDouble();
        if (value < least || value > most)
        {
            Fail(name, $"must be from {least} to {most}");
        }

        return value;
    }

    public long? Integer(string name, long least, long most)
    {
        if (TypedAs(name, JsonValueKind.Number, "a number") is not { } element)
        {
            return null;
        }

        if (element.TryGetInt64(out long value) && value >= least && value <= most)
        {
            return value;
        }

        Fail(name, $"must be a whole number from {least} to {most}");
        return null;
    }

    /// <summary>Gets a member that is an object; null when it is absent.</summary>
    public RequestReader? Child(string name) => Any(name) is { } element ? Open(element, PathOf(name)) : null;

    /// <summary>Gets the entries of a list, opened as objects.</summary>
    public IEnumerable<RequestReader> Objects(string name) => Elements(name).Select((element, index) => Open(element, $"{PathOf(name)}[{index}]"));

    /// <summary>Gets the entries of a list; none when it is absent.</summary>
    public JsonElement[] Elements(string name) => TypedAs(name, JsonValueKind.Array, "a list") is { } list ? [.. list.EnumerateArray()] : [];

    /// <summary>Gets a text or a list of texts; null when it is absent.</summary>
    public IReadOnlyList<string>? Texts(string name, int most)
    {
        JsonElement? given = Any(name);
        if (given is { ValueKind: JsonValueKind.String })
        {
            return [given.Value.GetString()!];
        }

        bool isTexts = given is { ValueKind: JsonValueKind.Array }
            && given.Value.GetArrayLength() <= most && given.Value.EnumerateArray().All(entry => entry.ValueKind == JsonValueKind.String);
        if (given is not null && !isTexts)
        {
            Fail(name, $"must be a text or a list of at most {most} texts");
        }

        return isTexts ? [.. given!.Value.EnumerateArray().Select(entry => entry.GetString()!)] : null;
    }

    /// <summary>Takes a member that changes nothing.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            _read.Add(name);
        }
    }

    /// <summary>Takes a member only where its value asks for nothing that is not done here.</summary>
    public void OnlyIf(string name, string supported, Func<JsonElement, bool> isSupported)
    {
        if (Any(name) is { } value && !isSupported(value))
        {
            Fail(name, $"is supported as {supported} only");
        }
    }

    public T Missing<T>(string name, T instead)
    {
        if (!_members.ContainsKey(name))
        {
            Fail(name, "is missing");
        }

        return instead;
    }

    private RequestReader Open(JsonElement element, string path)
    {
        var child = new RequestReader(element, path, _root);
        _children.Add(child);
        return child;
    }

    private void CheckAllRead()
    {
        if (_members.Keys.FirstOrDefault(name => !_read.Contains(name)) is { } unknown)
        {
            // The name is the sender's own text: it is told, inside the sealed answer, as far as it is short.
            Fail(unknown.Length <= 64 ? unknown : unknown[..64], "is not known or not supported here; leave it out");
        }

        _children.ForEach(child => child.CheckAllRead());
    }

    private JsonElement? TypedAs(string name, JsonValueKind kind, string what)
    {
        JsonElement? value = Any(name);
        if (value is not null && value.Value.ValueKind != kind)
        {
            Fail(name, $"must be {what}");
            return null;
        }

        return value;
    }

    private string PathOf(string name) => name.Length == 0 ? _path : _path.Length == 0 ? name : $"{_path}.{name}";
}
