using System.Runtime.InteropServices;
using System.Text.Json;

namespace ConfidentialOperator.Models.UseLite;

/// <summary>The weights of a TensorFlow.js graph model: a manifest and its shards, little-endian.</summary>
internal sealed class TensorFlowWeights
{
    private readonly Dictionary<string, (long[] Shape, byte[] Data)> _tensors = new(StringComparer.Ordinal);

    /// <summary>Reads the weights; a file is looked up by its name beside the manifest.</summary>
    public TensorFlowWeights(byte[] manifest, Func<string, byte[]> file)
    {
        using JsonDocument document = JsonDocument.Parse(manifest);
        JsonElement group = document.RootElement.GetProperty("weightsManifest")[0];
        byte[] bytes = [.. group.GetProperty("paths").EnumerateArray().SelectMany(path => file(path.GetString()!))];
        int position = 0;
        foreach (JsonElement weight in group.GetProperty("weights").EnumerateArray())
        {
            long[] shape = [.. weight.GetProperty("shape").EnumerateArray().Select(dimension => dimension.GetInt64())];
            int length = (int)(shape.Aggregate(1L, (product, dimension) => product * dimension) * sizeof(float));
            _tensors.Add(weight.GetProperty("name").GetString()!, (shape, bytes[position..(position + length)]));
            position += length;
        }

        if (position != bytes.Length) throw new InvalidDataException("The shards are longer than the manifest says.");
    }

    /// <summary>Gives the one tensor whose name ends in this way.</summary>
    public ReadOnlySpan<float> Tensor(string ending, params long[] shape)
    {
        (long[] found, byte[] data) = _tensors.Single(tensor => tensor.Key.EndsWith(ending, StringComparison.Ordinal)).Value;
        long[] bare = [.. found.SkipWhile(dimension => dimension == 1)];
        return bare.AsSpan().SequenceEqual(shape)
            ? MemoryMarshal.Cast<byte, float>(data)
            : throw new InvalidDataException($"{ending} has the shape [{string.Join(", ", found)}].");
    }
}
