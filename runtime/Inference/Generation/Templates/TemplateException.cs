namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>A template that cannot be read, or messages that it does not render; <see cref="ChatTemplate"/> makes a refusal of it.</summary>
internal sealed class TemplateException(string message) : Exception(message);
