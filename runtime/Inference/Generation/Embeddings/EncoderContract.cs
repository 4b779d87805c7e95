using ConfidentialOperator.Inference.Generation.Loading;
using ConfidentialOperator.Protocol;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ConfidentialOperator.Inference.Generation.Embeddings;

/// <summary>What an encoder takes and gives, found in the model.</summary>
/// <param name="Inputs">Its inputs with their types, in its order.</param>
/// <param name="Output">The output that is read.</param>
/// <param name="IsPooled">Whether that output is one vector for each text, and not for each token.</param>
/// <param name="Dimensions">The numbers in a vector.</param>
internal sealed record EncoderContract(IReadOnlyList<(string Name, TensorElementType Type)> Inputs, string Output, bool IsPooled, int Dimensions)
{
    public const string Ids = "input_ids";
    public const string Mask = "attention_mask";
    public const string Types = "token_type_ids";
    public const string Positions = "position_ids";

    private static readonly string[] s_tokenOutputs = ["last_hidden_state", "token_embeddings"];

    /// <summary>Reads the contract; throws <see cref="ModelFormatException"/>.</summary>
    public static EncoderContract Read(InferenceSession session)
    {
        (string Name, TensorElementType Type)[] inputs = [.. session.InputNames.Select(name => (name, Type(name, session.InputMetadata[name])))];
        if (inputs.All(input => input.Name != Ids))
            throw new ModelFormatException(RefusalReason.ModelInputsUnknown, $"An encoder must have the input \"{Ids}\"; the model has {string.Join(", ", session.InputNames)}.");
        (string output, bool pooled) = FindOutput(session);
        int dimensions = session.OutputMetadata[output].Dimensions[^1];
        if (dimensions <= 0) throw ModelFormatException.Model($"The output \"{output}\" does not say how many numbers a vector has; export the model with fixed dimensions.");
        return new EncoderContract(inputs, output, pooled, dimensions);
    }

    private static TensorElementType Type(string name, NodeMetadata node)
    {
        if (name is not (Ids or Mask or Types or Positions)) throw new ModelFormatException(
            RefusalReason.ModelInputsUnknown, $"The input \"{name}\" is not one of an encoder ({Ids}, {Mask}, {Types}, {Positions}); serve the model with the task tensor.");
        if (node is { IsTensor: true, Dimensions.Length: 2, ElementDataType: TensorElementType.Int64 or TensorElementType.Int32 }) return node.ElementDataType;
        throw new ModelFormatException(RefusalReason.ModelInputsUnknown, $"The input \"{name}\" must be int64 or int32 with two dimensions; export the model again.");
    }

    private static (string Name, bool IsPooled) FindOutput(InferenceSession session)
    {
        IReadOnlyDictionary<string, NodeMetadata> outputs = session.OutputMetadata;
        if (outputs.TryGetValue("sentence_embedding", out NodeMetadata? sentence) && IsFloat(sentence, 2)) return ("sentence_embedding", true);
        string? tokens = s_tokenOutputs.FirstOrDefault(name => outputs.TryGetValue(name, out NodeMetadata? node) && IsFloat(node, 3))
            ?? session.OutputNames.FirstOrDefault(name => IsFloat(outputs[name], 3));
        return tokens is null
            ? throw ModelFormatException.Model("The model has no output sentence_embedding or last_hidden_state of float numbers; export a sentence encoder.")
            : (tokens, false);
    }

    private static bool IsFloat(NodeMetadata node, int rank) =>
        node.IsTensor && node.Dimensions.Length == rank && (node.ElementDataType is TensorElementType.Float or TensorElementType.Float16);
}
