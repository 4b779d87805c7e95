using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Generation.Loading;

/// <summary>Carries a refusal out of the depth of a reader; <see cref="ModelLoader"/> turns it back into a value.</summary>
internal sealed class ModelFormatException : Exception
{
    public ModelFormatException(RefusalReason reason, string message)
        : base(message) => Reason = reason;

    /// <summary>Gets the reason.</summary>
    public RefusalReason Reason { get; }

    /// <summary>A tokenizer that cannot be read.</summary>
    public static ModelFormatException Tokenizer(string message) => new(RefusalReason.TokenizerInvalid, message);

    /// <summary>A model that cannot be used.</summary>
    public static ModelFormatException Model(string message) => new(RefusalReason.ModelInvalid, message);
}
