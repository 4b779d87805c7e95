using Microsoft.ML.OnnxRuntime.Tensors;

namespace ConfidentialOperator.Inference.Generation.Decoding;

/// <summary>One tensor that a decoder gives back to itself.</summary>
/// <param name="Past">Its name among the inputs.</param>
/// <param name="Present">Its name among the outputs.</param>
/// <param name="Type">Its type.</param>
/// <param name="Shape">Its shape for one sequence; 0 where the tokens are counted.</param>
/// <param name="TokenAxis">The dimension that counts tokens; -1 when the tensor does not grow.</param>
internal sealed record CacheSlot(string Past, string Present, TensorElementType Type, long[] Shape, int TokenAxis)
{
    /// <summary>The shape with a number of tokens.</summary>
    public long[] At(int tokens)
    {
        long[] shape = [.. Shape];
        if (TokenAxis >= 0) shape[TokenAxis] = tokens;
        return shape;
    }

    /// <summary>The bytes with a number of tokens.</summary>
    public long Bytes(int tokens) => At(tokens).Aggregate((long)Tensors.FloatTensors.Size(Type), (product, length) => product * length);
}
