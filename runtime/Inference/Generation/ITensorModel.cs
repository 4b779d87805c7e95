using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Generation;

/// <summary>Any ONNX model, by its tensors.</summary>
internal interface ITensorModel : ILoadedModel
{
    /// <summary>Gets its inputs.</summary>
    IReadOnlyList<TensorMetadata> Inputs { get; }

    /// <summary>Gets its outputs.</summary>
    IReadOnlyList<TensorMetadata> Outputs { get; }

    /// <summary>Runs the model. Refusals: RequestInvalid with the tensor's name.</summary>
    /// <param name="inputs">The inputs: every one of the model, each once.</param>
    /// <param name="outputs">The outputs to give, in this order; empty: all.</param>
    /// <param name="cancellationToken">Ends the run between two operators.</param>
    Task<Outcome<IReadOnlyList<TensorValue>>> InferAsync(
        IReadOnlyList<TensorValue> inputs, IReadOnlyList<string> outputs, CancellationToken cancellationToken = default);
}
