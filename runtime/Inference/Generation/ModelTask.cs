namespace ConfidentialOperator.Inference.Generation;

/// <summary>The words of <c>spec.model.task</c>.</summary>
internal static class ModelTask
{
    /// <summary>Chat: a decoder with a chat template; it completes too.</summary>
    public const string Chat = "chat";

    /// <summary>Completions: a decoder.</summary>
    public const string Completions = "completions";

    /// <summary>Embeddings: an encoder.</summary>
    public const string Embeddings = "embeddings";

    /// <summary>Any ONNX model.</summary>
    public const string Tensor = "tensor";

    /// <summary>Speech to text.</summary>
    public const string Transcription = "transcription";
}
