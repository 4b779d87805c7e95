using ConfidentialOperator.Inference.Generation.Loading;
using ConfidentialOperator.Protocol;
using Microsoft.ML.OnnxRuntime;

namespace ConfidentialOperator.Inference.Generation.Tensors;

/// <summary>Any ONNX model whose inputs and outputs are tensors of the protocol's types.</summary>
internal sealed class TensorModel : ITensorModel
{
    private readonly SharedSession _session;

    private TensorModel(string name, InferenceSession session, TensorMetadata[] inputs, TensorMetadata[] outputs)
    {
        Name = name;
        _session = new SharedSession(session);
        Inputs = inputs;
        Outputs = outputs;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Task => ModelTask.Tensor;

    /// <inheritdoc/>
    public IReadOnlyList<TensorMetadata> Inputs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorMetadata> Outputs { get; }

    /// <summary>Loads the model; throws <see cref="ModelFormatException"/>.</summary>
    public static TensorModel Load(string name, ModelFiles files, ModelLoadOptions options)
    {
        InferenceSession session = OnnxSession.Open(files, OnnxSession.FindFile(files), options);
        try
        {
            return new TensorModel(name, session, Metadata("input", session.InputNames, session.InputMetadata), Metadata("output", session.OutputNames, session.OutputMetadata));
        }
        catch (ModelFormatException)
        {
            session.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<Outcome<IReadOnlyList<TensorValue>>> InferAsync(
        IReadOnlyList<TensorValue> inputs, IReadOnlyList<string> outputs, CancellationToken cancellationToken = default)
    {
        if (TensorRules.Check(Inputs, inputs) is { } wrong) return wrong;
        if (TensorRules.CheckOutputs(Outputs, outputs) is { } unknown) return unknown;
        string[] names = outputs.Count == 0 ? [.. Outputs.Select(output => output.Name)] : [.. outputs];
        return await _session.RunAsync(session => Run(session, inputs, names, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private static Outcome<IReadOnlyList<TensorValue>> Run(
        InferenceSession session, IReadOnlyList<TensorValue> inputs, string[] outputs, CancellationToken cancellationToken)
    {
        using RunOptions run = OnnxSession.NewRun();
        using CancellationTokenRegistration stop = cancellationToken.Register(() => run.Terminate = true);
        using var given = new TensorInputs(inputs);
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, [.. inputs.Select(input => input.Name)], given.Values, outputs);
            return Outcome.Of<IReadOnlyList<TensorValue>>([.. outputs.Select((name, index) => TensorOutputs.Read(name, results[index]))]);
        }
        catch (OnnxRuntimeException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Refusal(
                RefusalReason.RequestInvalid, "The model could not compute with these inputs, though each fits what the model says of it; check that their shapes fit together.");
        }
    }

    private static TensorMetadata[] Metadata(string kind, IReadOnlyList<string> names, IReadOnlyDictionary<string, NodeMetadata> metadata) =>
        [.. names.Select(name => Metadata(kind, name, metadata[name]))];

    private static TensorMetadata Metadata(string kind, string name, NodeMetadata node)
    {
        if (!node.IsTensor || node.ElementDataType.ToDataType() is not { } type) throw new ModelFormatException(
            RefusalReason.ModelInputsUnknown, $"The {kind} \"{name}\" is no tensor of a type of the Open Inference Protocol; export the model with plain tensors.");
        return new TensorMetadata(name, type, [.. node.Dimensions.Select(dimension => dimension < 0 ? -1L : dimension)]);
    }
}
