namespace ConfidentialOperator.Protocol.Json;

/// <summary>Bytes that are written as a list of numbers, of which evidence has thousands. The text is known to be a list of JSON, and to have as many entries as there are places.</summary>
internal static class ByteList
{
    private const int MostDigits = 3;

    /// <summary>Reads the list; returns the place of the first entry that is no whole number from 0 to 255 in plain digits, or -1.</summary>
    public static int Read(ReadOnlySpan<byte> list, Span<byte> bytes)
    {
        int at = 1;
        for (int place = 0; place < bytes.Length; place++)
        {
            while (list[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)',')
            {
                at++;
            }

            int start = at;
            int number = 0;
            while (list[at] is >= (byte)'0' and <= (byte)'9' && at - start < MostDigits)
            {
                number = (10 * number) + list[at++] - '0';
            }

            bool ends = list[at] is (byte)',' or (byte)']' or (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r';
            if (at == start || !ends || number > byte.MaxValue)
            {
                return place;
            }

            bytes[place] = (byte)number;
        }

        return -1;
    }
}
