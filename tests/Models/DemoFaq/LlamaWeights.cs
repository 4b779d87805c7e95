using System.Runtime.InteropServices;

namespace ConfidentialOperator.Models.DemoFaq;

/// <summary>A checkpoint of train.py: seven little-endian integers, then fp32 tensors in the order in which they are read.</summary>
internal sealed class LlamaWeights
{
    private const int HeaderLength = 7 * sizeof(int);

    private readonly byte[] _bytes;
    private int _position = HeaderLength;

    /// <summary>Reads the header.</summary>
    public LlamaWeights(byte[] bytes)
    {
        _bytes = bytes;
        ReadOnlySpan<int> header = MemoryMarshal.Cast<byte, int>(bytes.AsSpan(0, HeaderLength));
        (Width, Hidden, Layers, Heads, KeyHeads, Vocabulary, Context) =
            (header[0], header[1], header[2], header[3], header[4], header[5], header[6]);
    }

    /// <summary>Gets the width of the residual stream.</summary>
    public int Width { get; }

    /// <summary>Gets the width of the feed-forward part.</summary>
    public int Hidden { get; }

    /// <summary>Gets the number of layers.</summary>
    public int Layers { get; }

    /// <summary>Gets the number of query heads.</summary>
    public int Heads { get; }

    /// <summary>Gets the number of key and value heads.</summary>
    public int KeyHeads { get; }

    /// <summary>Gets the number of tokens.</summary>
    public int Vocabulary { get; }

    /// <summary>Gets the longest sequence.</summary>
    public int Context { get; }

    /// <summary>Gets the size of one head.</summary>
    public int HeadSize => Width / Heads;

    /// <summary>Gets a value indicating whether everything was read.</summary>
    public bool AtEnd => _position == _bytes.Length;

    /// <summary>Reads the next tensor.</summary>
    public float[] Next(int count)
    {
        float[] values = MemoryMarshal.Cast<byte, float>(_bytes.AsSpan(_position, count * sizeof(float))).ToArray();
        _position += count * sizeof(float);
        return values;
    }

    /// <summary>Reads the next matrix [rows, columns] and returns it as [columns, rows], the order that MatMul wants.</summary>
    public float[] NextTransposed(int rows, int columns)
    {
        float[] stored = Next(rows * columns);
        float[] turned = new float[stored.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++) turned[(column * rows) + row] = stored[(row * columns) + column];
        }

        return turned;
    }
}
