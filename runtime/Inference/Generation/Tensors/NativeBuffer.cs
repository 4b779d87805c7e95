using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ConfidentialOperator.Inference.Generation.Tensors;

/// <summary>Native memory for content, wiped before it is given back. ONNX Runtime reads and writes it in place.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Alignment = 64;

    private byte* _pointer;

    public NativeBuffer(long length)
    {
        Length = length;
        _pointer = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(length, Alignment), Alignment);
    }

    /// <summary>Gets the number of bytes.</summary>
    public long Length { get; }

    /// <summary>Gets the bytes; at most the first 2 GiB.</summary>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer == null, this);
            return new Span<byte>(_pointer, (int)Math.Min(Length, int.MaxValue));
        }
    }

    /// <summary>Some of the bytes as a tensor; the buffer must outlive it.</summary>
    public OrtValue Tensor(TensorElementType type, long[] shape, long bytes, long offset = 0)
    {
        ObjectDisposedException.ThrowIf(_pointer == null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Length - offset);
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, shape, (nint)(_pointer + offset), bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_pointer == null) return;
        for (long at = 0; at < Length; at += int.MaxValue)
            CryptographicOperations.ZeroMemory(new Span<byte>(_pointer + at, (int)Math.Min(Length - at, int.MaxValue)));
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
    }
}
