namespace ConfidentialOperator.Rendering.Reading;

/// <summary>One thing that is wrong with a resource.</summary>
/// <param name="Path">The field, for example spec.tee.type; empty for the text as a whole.</param>
/// <param name="Message">What is wrong and what is expected, as a sentence without the field.</param>
public sealed record FieldError(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
