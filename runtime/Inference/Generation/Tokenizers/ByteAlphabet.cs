using System.Text;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>The visible characters that byte-level tokenizers write for bytes.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] s_characters = Characters();
    private static readonly Dictionary<char, byte> s_bytes = s_characters.Select((character, value) => (character, value))
        .ToDictionary(entry => entry.character, entry => (byte)entry.value);

    /// <summary>The bytes of a text, one character each.</summary>
    public static string Encode(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return string.Create(bytes.Length, bytes, (span, source) =>
        {
            for (int i = 0; i < source.Length; i++) span[i] = s_characters[source[i]];
        });
    }

    /// <summary>The bytes of a token; a character outside the alphabet stands for itself.</summary>
    public static byte[] Decode(string token)
    {
        if (token.All(s_bytes.ContainsKey)) return [.. token.Select(character => s_bytes[character])];
        return Encoding.UTF8.GetBytes(token);
    }

    private static char[] Characters()
    {
        var characters = new char[256];
        int next = 256;
        for (int value = 0; value < 256; value++)
        {
            bool visible = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[value] = (char)(visible ? value : next++);
        }

        return characters;
    }
}
