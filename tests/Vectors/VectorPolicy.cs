using System.Text.Json;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Vectors;

/// <summary>A case's demands over the set's defaults. Each demand must be taken by the runner: one that is left makes the case wrong.</summary>
internal sealed class VectorPolicy
{
    private readonly Dictionary<string, JsonElement> _demands = new(StringComparer.Ordinal);
    private readonly HashSet<string> _left;

    public VectorPolicy(JsonElement defaults, JsonElement given)
    {
        foreach (JsonElement part in (JsonElement[])[defaults, given])
        {
            foreach (JsonProperty demand in part.ValueKind == JsonValueKind.Object ? part.EnumerateObject().ToArray() : [])
            {
                _demands[demand.Name] = demand.Value;
            }
        }

        _left = [.. _demands.Keys];
    }

    /// <summary>Gets the demands that nobody took.</summary>
    public IReadOnlyCollection<string> Left => _left;

    /// <summary>Takes a demand; null when it is not made, or is null.</summary>
    public JsonElement? Take(string name)
    {
        _left.Remove(name);
        return _demands.TryGetValue(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public bool? TakeBoolean(string name) => Take(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Unfit(name, "true or false"),
    };

    public int? TakeNumber(string name) => Take(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw Unfit(name, "a whole number");

    public string? TakeText(string name) => Take(name) is not { } value ? null : Text(name, value);

    public ByteString? TakeHex(string name) => Take(name) is not { } value ? null : Hex(name, Text(name, value));

    public IReadOnlyList<string>? TakeTexts(string name) => Take(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(entry => Text(name, entry))] : throw Unfit(name, "a list of texts");

    /// <summary>Takes an object of hexadecimal values.</summary>
    public IReadOnlyDictionary<string, ByteString>? TakeHexByName(string name) => Take(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().ToDictionary(member => member.Name, member => Hex(name, Text(name, member.Value)), StringComparer.Ordinal)
            : throw Unfit(name, "an object of hexadecimal values");

    private static string Text(string name, JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Unfit(name, "a text");

    private static ByteString Hex(string name, string text)
    {
        try
        {
            return new ByteString(Convert.FromHexString(text));
        }
        catch (FormatException)
        {
            throw Unfit(name, "hexadecimal digits");
        }
    }

    private static VectorException Unfit(string name, string expected) => new($"policy key '{name}' must be {expected}");
}
