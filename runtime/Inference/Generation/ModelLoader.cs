using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Inference.Generation.Decoding;
using ConfidentialOperator.Inference.Generation.Embeddings;
using ConfidentialOperator.Inference.Generation.Loading;
using ConfidentialOperator.Inference.Generation.Tensors;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Generation;

/// <summary>Makes a model of its plaintext files.</summary>
internal static class ModelLoader
{
    /// <summary>
    /// Loads a model. It takes seconds and blocks; no reference to the files is kept, so dispose of them as soon as it returns.
    /// The value is an <see cref="IChatModel"/>, <see cref="ICompletionModel"/>, <see cref="IEmbeddingModel"/> or <see cref="ITensorModel"/> after the task.
    /// </summary>
    /// <param name="task">One of <see cref="ModelTask"/>.</param>
    /// <param name="modelName">The name that clients know the model by.</param>
    /// <param name="files">The files.</param>
    /// <param name="options">What the host decides.</param>
    /// <param name="model">The model.</param>
    /// <param name="refusal">ModelInvalid, ModelInputsUnknown, TokenizerInvalid or Unsupported, with a sentence.</param>
    public static bool TryLoad(
        string task,
        string modelName,
        ModelFiles files,
        ModelLoadOptions options,
        [NotNullWhen(true)] out ILoadedModel? model,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        (model, refusal) = Load(task, modelName, files, options);
        return model is not null;
    }

    private static (ILoadedModel? Model, Refusal? Refusal) Load(string task, string modelName, ModelFiles files, ModelLoadOptions options)
    {
        try
        {
            return task switch
            {
                ModelTask.Chat => (DecoderModel.Load(modelName, files, options, chat: true), null),
                ModelTask.Completions => (DecoderModel.Load(modelName, files, options, chat: false), null),
                ModelTask.Embeddings => (EmbeddingModel.Load(modelName, files, options), null),
                ModelTask.Tensor => (TensorModel.Load(modelName, files, options), null),
                _ => (null, new Refusal(RefusalReason.Unsupported, $"The task \"{task}\" cannot be served by this version; use chat, completions, embeddings or tensor.")),
            };
        }
        catch (ModelFormatException exception)
        {
            return (null, new Refusal(exception.Reason, exception.Message));
        }
    }
}
