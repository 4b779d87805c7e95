using ConfidentialOperator.Inference.Generation.Loading;
using ConfidentialOperator.Protocol;
using Microsoft.ML.OnnxRuntime;

namespace ConfidentialOperator.Inference.Generation.Tensors;

/// <summary>Any ONNX model whose inputs and outputs are tensors of the protocol's types.</summary>
internal sealed class TensorModel : ITensorModel
{
    private readonly InferenceSession _session;
    private readonly SemaphoreSlim _turn = new(1, 1);

    private TensorModel(string name, InferenceSession session, TensorMetadata[] inputs, TensorMetadata[] outputs)
    {
        Name = name;
        _session = session;
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
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Run(inputs, names, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _turn.Dispose();
    }

    private Outcome<IReadOnlyList<TensorValue>> Run(IReadOnlyList<TensorValue> inputs, string[] outputs, CancellationToken cancellationToken)
    {
        using RunOptions run = OnnxSession.NewRun();
        using CancellationTokenRegistration stop = cancellationToken.Register(() => run.Terminate = true);
        using var given = new TensorInputs(inputs);
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(run, [.. inputs.Select(input => input.Name)], given.Values, outputs);
            return Outcome.Of<IReadOnlyList<TensorValue>>([.. outputs.Select((name, index) => TensorOutputs.Read(name, results[index]))]);
        }
        catch (OnnxRuntimeException)
        {
            cancellationToken.ThrowIfCancellationRequested();
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
