using System.Buffers;

namespace ConfidentialOperator.Protocol.BinaryHttp;

/// <summary>A field of a binary HTTP message (RFC 9292 section 3.6): the name is lower-case.</summary>
/// <param name="Name">The name, a token in lower case.</param>
/// <param name="Value">The value, Latin-1 without line ends.</param>
public readonly record struct HeaderField(string Name, string Value)
{
    private static readonly SearchValues<char> s_token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz");

    /// <summary>Gets whether the field may stand in a message: a token in lower case; no control characters but tabs, no outer spaces.</summary>
    public bool IsValid => Name.Length > 0 && !Name.AsSpan().ContainsAnyExcept(s_token) && IsValue(Value);

    private static bool IsValue(string value)
    {
        foreach (char c in value)
        {
            if ((c < ' ' && c != '\t') || c is '\x7f' or > '\xff')
            {
                return false;
            }
        }

        return value.AsSpan().Trim(" \t").Length == value.Length;
    }
}
