using System.Collections.Frozen;

namespace ConfidentialOperator.Inference.Generation;

/// <summary>The words and widths of <see cref="TensorDataType"/>.</summary>
internal static class TensorDataTypes
{
    private static readonly FrozenDictionary<string, TensorDataType> s_types =
        Enum.GetValues<TensorDataType>().ToFrozenDictionary(Word, StringComparer.Ordinal);

    /// <summary>The word of the Open Inference Protocol.</summary>
    public static string Word(this TensorDataType type) => type.ToString().ToUpperInvariant();

    /// <summary>Reads the word of the Open Inference Protocol.</summary>
    public static bool TryParse(string word, out TensorDataType type) => s_types.TryGetValue(word, out type);

    /// <summary>The bytes of one element; 0 for strings.</summary>
    public static int Size(this TensorDataType type) => type switch
    {
        TensorDataType.Bool or TensorDataType.UInt8 or TensorDataType.Int8 => 1,
        TensorDataType.UInt16 or TensorDataType.Int16 or TensorDataType.Fp16 => 2,
        TensorDataType.UInt32 or TensorDataType.Int32 or TensorDataType.Fp32 => 4,
        TensorDataType.Bytes => 0,
        _ => 8,
    };
}
