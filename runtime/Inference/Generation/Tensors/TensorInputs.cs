using Microsoft.ML.OnnxRuntime;

namespace ConfidentialOperator.Inference.Generation.Tensors;

/// <summary>The inputs of one run in native memory, wiped when the run is over.</summary>
internal sealed class TensorInputs : IDisposable
{
    private readonly List<NativeBuffer> _buffers = [];
    private readonly List<OrtValue> _values = [];

    public TensorInputs(IReadOnlyList<TensorValue> inputs)
    {
        foreach (TensorValue input in inputs) _values.Add(input.DataType == TensorDataType.Bytes ? Strings(input) : Numbers(input));
    }

    /// <summary>Gets the values, in the order of the inputs.</summary>
    public IReadOnlyCollection<OrtValue> Values => _values;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (OrtValue value in _values) value.Dispose();
        foreach (NativeBuffer buffer in _buffers) buffer.Dispose();
    }

    private static OrtValue Strings(TensorValue input)
    {
        OrtValue value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [.. input.Shape]);
        for (int i = 0; i < input.Strings.Count; i++) value.StringTensorSetElementAt(input.Strings[i].Span, i);
        return value;
    }

    private OrtValue Numbers(TensorValue input)
    {
        var buffer = new NativeBuffer(input.Data.Length);
        _buffers.Add(buffer);
        input.Data.Span.CopyTo(buffer.Span);
        return buffer.Tensor(input.DataType.ToElementType(), [.. input.Shape], input.Data.Length);
    }
}
