using System.Globalization;
using System.Text;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>Decompositions, compositions and combining classes. The process runs without ICU, and .NET then leaves text as it is.</summary>
internal sealed class UnicodeTables
{
    private static readonly Lazy<UnicodeTables> s_instance = new(Read);

    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<long, int> _composed = [];
    private readonly Dictionary<int, byte> _classes = [];

    private UnicodeTables()
    {
    }

    /// <summary>Gets the tables.</summary>
    public static UnicodeTables Instance => s_instance.Value;

    /// <summary>The combining class of a code point.</summary>
    public byte Class(int code) => _classes.GetValueOrDefault(code);

    /// <summary>The mapping of one step; null when the code point stands for itself.</summary>
    public int[]? Mapping(int code, bool compatibility) =>
        _canonical.TryGetValue(code, out int[]? mapping) || (compatibility && _compatible.TryGetValue(code, out mapping)) ? mapping : null;

    /// <summary>The code point that two code points compose to; 0 when there is none.</summary>
    public int Compose(int first, int second) => _composed.GetValueOrDefault(((long)first << 32) | (uint)second);

    private static UnicodeTables Read()
    {
        var tables = new UnicodeTables();
        using Stream stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream("UnicodeTables.txt")
            ?? throw new InvalidOperationException("The program was built without UnicodeTables.txt.");
        using var reader = new StreamReader(stream, Encoding.ASCII);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] != '#') tables.Add(line.Split(' '));
        }

        return tables;
    }

    private void Add(string[] fields)
    {
        int code = Hex(fields[1]);
        if (fields[0] == "C")
        {
            _classes[code] = byte.Parse(fields[2], CultureInfo.InvariantCulture);
            return;
        }

        int[] mapping = [.. fields.Skip(2).Select(Hex)];
        (fields[0] == "K" ? _compatible : _canonical)[code] = mapping;
        if (fields[0] == "D") _composed[((long)mapping[0] << 32) | (uint)mapping[1]] = code;
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
