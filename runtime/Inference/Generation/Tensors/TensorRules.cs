using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Generation.Tensors;

/// <summary>Holds the inputs of a request against what the model says of them.</summary>
internal static class TensorRules
{
    /// <summary>The first input that does not fit; null when all do.</summary>
    public static Refusal? Check(IReadOnlyList<TensorMetadata> expected, IReadOnlyList<TensorValue> inputs)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (TensorValue input in inputs)
        {
            TensorMetadata? metadata = expected.FirstOrDefault(candidate => candidate.Name == input.Name);
            if (metadata is null) return Refuse($"The model has no input of that name; its inputs are {Names(expected)}.");
            if (!seen.Add(metadata.Name)) return Refuse($"The input \"{metadata.Name}\" is given twice; give it once.");
            if (CheckOne(metadata, input) is { } problem) return Refuse($"The input \"{metadata.Name}\" {problem}.");
        }

        TensorMetadata? missing = expected.FirstOrDefault(metadata => !seen.Contains(metadata.Name));
        return missing is null ? null : Refuse($"The input \"{missing.Name}\" is missing; the model needs {Names(expected)}.");
    }

    /// <summary>The first output that the model does not have; null when it has all.</summary>
    public static Refusal? CheckOutputs(IReadOnlyList<TensorMetadata> expected, IReadOnlyList<string> outputs)
    {
        if (outputs.Distinct(StringComparer.Ordinal).Count() != outputs.Count) return Refuse("An output is asked for twice; ask for it once.");
        return outputs.All(name => expected.Any(metadata => metadata.Name == name)) ? null : Refuse($"The model has no output of that name; its outputs are {Names(expected)}.");
    }

    private static string? CheckOne(TensorMetadata metadata, TensorValue input)
    {
        if (input.DataType != metadata.DataType) return $"must be {metadata.DataType.Word()} and is {input.DataType.Word()}";
        if (input.Shape.Count != metadata.Shape.Count || input.Shape.Where((length, index) => !Fits(metadata.Shape[index], length)).Any())
            return $"must have the shape {Shape(metadata.Shape)} and has {Shape(input.Shape)}";
        if (Elements(input.Shape) is not { } elements) return $"has the shape {Shape(input.Shape)}, which is more than a tensor can hold";
        if (input.DataType == TensorDataType.Bytes)
            return input.Strings.Count == elements ? null : $"must have {elements} elements for its shape and has {input.Strings.Count}";
        long expected = elements * input.DataType.Size();
        if (input.Data.Length != expected) return $"must have {expected} bytes for its shape and has {input.Data.Length}";
        return input.DataType == TensorDataType.Bool && input.Data.Span.ContainsAnyExceptInRange((byte)0, (byte)1) ? "must hold 0 and 1 only" : null;
    }

    private static bool Fits(long expected, long length) => length >= 0 && (expected < 0 || expected == length);

    private static long? Elements(IReadOnlyList<long> shape)
    {
        long elements = 1;
        foreach (long length in shape)
        {
            if (length != 0 && elements > int.MaxValue / length) return null;
            elements *= length;
        }

        return elements;
    }

    private static string Shape(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape)}]";

    private static string Names(IReadOnlyList<TensorMetadata> metadata) => string.Join(", ", metadata.Select(entry => $"\"{entry.Name}\""));

    private static Refusal Refuse(string message) => new(RefusalReason.RequestInvalid, message);
}
