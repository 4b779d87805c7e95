using System.Text;

namespace ConfidentialOperator.Protocol.Tests.Fuzzing;

/// <summary>Seeded mutations: flips, cuts, copies, and pieces that parsers trip over. The same seed gives the same changes.</summary>
internal sealed class Mutation(int seed)
{
    private static readonly byte[][] s_pieces =
    [
        .. new[]
        {
            "\"", "\\", "{", "}", "[", "]", ",", ":", "null", "true", "{}", "[]", "\"\"", "0", "-1", "-0", "1e999", "0.5", "99999999999999999999", "9223372036854775807",
            "18446744073709551615", "2147483648", "\\ud800", "\\u0000", "\\\"", "=", "==", "AAAA", "A", "'''", "\"\"\"", "\n", "\r\n", "#", "/", "..", "sha256:", "\u00e9", "😀",
            "-----BEGIN PUBLIC KEY-----\n", "-----END PUBLIC KEY-----", new string('[', 40), new string('9', 400),
        }.Select(Encoding.UTF8.GetBytes),
        [0], [0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0x80, 0, 0, 0], [0x40, 0],
    ];

    private readonly Random _random = new(seed);

    /// <summary>Changes an input in one to four places.</summary>
    public byte[] Apply(byte[] input)
    {
        byte[] result = input;
        for (int steps = _random.Next(1, 5); steps > 0; steps--)
        {
            result = Step(result);
        }

        return result;
    }

    private byte[] Step(byte[] input)
    {
        int at = _random.Next(input.Length + 1);
        int end = Math.Min(input.Length, at + _random.Next(1, 1 + Math.Max(1, input.Length / 4)));
        switch (_random.Next(7))
        {
            case 0 when at < input.Length:
                byte[] flipped = [.. input];
                flipped[at] ^= (byte)(1 << _random.Next(8));
                return flipped;
            case 1:
                return input[..at];
            case 2:
                return [.. input[..at], .. input[end..]];
            case 3:
                return [.. input[..end], .. input[at..]];
            case 4:
                return [.. input[..at], (byte)_random.Next(256), .. input[Math.Min(input.Length, at + 1)..]];
            case 5:
                return [.. input[..at], .. s_pieces[_random.Next(s_pieces.Length)], .. input[Math.Min(input.Length, at + _random.Next(8))..]];
            default:
                return ReplaceValue(input, at);
        }
    }

    /// <summary>Replaces what stands between two commas, colons or brackets: keeps JSON whole and its values strange.</summary>
    private byte[] ReplaceValue(byte[] input, int at)
    {
        ReadOnlySpan<byte> marks = ",:[]{}\n="u8;
        int start = input.AsSpan(0, at).LastIndexOfAny(marks) + 1;
        int length = input.AsSpan(start).IndexOfAny(marks);
        return length < 0 ? input : [.. input[..start], .. s_pieces[_random.Next(s_pieces.Length)], .. input[(start + length)..]];
    }
}
