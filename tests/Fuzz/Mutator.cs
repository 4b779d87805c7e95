namespace ConfidentialOperator.Fuzz;

/// <summary>Changes a good input a little: bits, bytes, pieces taken out, put twice or put in, lengths made extreme, two inputs spliced.</summary>
internal sealed class Mutator(int seed)
{
    private const int MostChanges = 6;
    private const int LongestPiece = 64;

    private static readonly byte[][] s_pieces =
    [
        [0], [0xFF], [0xFF, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0x30, 0x80], [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], [0xC0, 0, 0, 0, 0, 0, 0, 0],
        .. new[] { "\"", "\\ud800", "{", "}", "[", "]", ",", ":", "null", "1e9", "-1", "99999999999999999999", "'''", "\n", "=" }.Select(System.Text.Encoding.UTF8.GetBytes),
    ];

    private readonly Random _random = new(seed);

    public byte[] Next(IReadOnlyList<byte[]> seeds)
    {
        List<byte> bytes = [.. seeds[_random.Next(seeds.Count)]];
        if (_random.Next(16) == 0)
        {
            byte[] other = seeds[_random.Next(seeds.Count)];
            bytes = [.. bytes.Take(_random.Next(bytes.Count + 1)), .. other.Skip(_random.Next(other.Length + 1))];
        }

        for (int change = _random.Next(1, MostChanges + 1); change > 0; change--)
        {
            Change(bytes);
        }

        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        int at = _random.Next(bytes.Count + 1);
        int length = Math.Min(_random.Next(1, LongestPiece), bytes.Count - at);
        switch (_random.Next(6))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 4:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                bytes.InsertRange(at, s_pieces[_random.Next(s_pieces.Length)]);
                break;
        }
    }
}
