using System.Numerics.Tensors;
using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Loading;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Generation.Embeddings;

/// <summary>How the vectors of a text's tokens become one.</summary>
internal enum PoolingMode
{
    /// <summary>The mean of all tokens.</summary>
    Mean,

    /// <summary>The first token.</summary>
    First,

    /// <summary>The largest value in each dimension.</summary>
    Largest,
}

/// <summary>Reads and applies the pooling of a sentence encoder.</summary>
internal static class Pooling
{
    private static readonly string[] s_files = ["1_Pooling/config.json", "pooling_config.json"];

    /// <summary>Reads the pooling; a model that says nothing gets the mean.</summary>
    public static PoolingMode Read(ModelFiles files)
    {
        foreach (string file in s_files)
        {
            using JsonDocument? document = ModelJson.Read(files, file, RefusalReason.ModelInvalid);
            if (document is not null) return Read(file, document.RootElement);
        }

        return PoolingMode.Mean;
    }

    /// <summary>Makes one vector of the tokens' vectors.</summary>
    public static float[] Apply(PoolingMode mode, ReadOnlySpan<float> tokens, int count, int dimensions)
    {
        float[] vector = tokens[..dimensions].ToArray();
        for (int token = 1; token < count && mode != PoolingMode.First; token++)
        {
            ReadOnlySpan<float> row = tokens.Slice(token * dimensions, dimensions);
            if (mode == PoolingMode.Mean) TensorPrimitives.Add(vector, row, vector);
            else TensorPrimitives.Max(vector, row, vector);
        }

        if (mode == PoolingMode.Mean) TensorPrimitives.Divide(vector, count, vector);
        return vector;
    }

    /// <summary>Gives a vector the length 1.</summary>
    public static float[] Normalize(float[] vector)
    {
        float length = TensorPrimitives.Norm<float>(vector);
        if (length > 0) TensorPrimitives.Divide(vector, length, vector);
        return vector;
    }

    private static PoolingMode Read(string file, JsonElement config)
    {
        string[] modes = [.. config.EnumerateObject().Where(member => member.Name.StartsWith("pooling_mode", StringComparison.Ordinal) && member.Value.ValueKind == JsonValueKind.True)
            .Select(member => member.Name)];
        return modes switch
        {
            [] or ["pooling_mode_mean_tokens"] => PoolingMode.Mean,
            ["pooling_mode_cls_token"] => PoolingMode.First,
            ["pooling_mode_max_tokens"] => PoolingMode.Largest,
            _ => throw ModelFormatException.Model($"{file}: the pooling {string.Join(", ", modes)} is not known to this version; use mean, cls or max."),
        };
    }
}
