using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ConfidentialOperator.Inference.Generation.Loading;

/// <summary>
/// Gives ONNX Runtime the weights that lie in files beside the model, from memory. Its C# layer has no such call yet, so this one goes to the
/// table of its C interface, whose order never changes: new calls are appended.
/// </summary>
internal static unsafe partial class ExternalWeights
{
    private const uint TableVersion = 18;
    private const int ReleaseStatus = 93;
    private const int AddExternalInitializersFromFilesInMemory = 279;

    /// <summary>Adds files by the names that the model has for them. They must stay as they are until the session is made; then it has its own copy.</summary>
    public static void Add(SessionOptions options, IReadOnlyList<(string Location, byte[] Content)> files)
    {
        var names = new nint[files.Count];
        var buffers = new nint[files.Count];
        var lengths = new nuint[files.Count];
        try
        {
            for (int i = 0; i < files.Count; i++)
            {
                names[i] = (nint)NativeMemory.AllocZeroed((nuint)Encoding.UTF8.GetByteCount(files[i].Location) + 1);
                Encoding.UTF8.GetBytes(files[i].Location, new Span<byte>((void*)names[i], Encoding.UTF8.GetByteCount(files[i].Location)));
                // The arrays of ModelFiles do not move.
                buffers[i] = (nint)Address(files[i].Content);
                lengths[i] = (nuint)files[i].Content.Length;
            }

            Call(options, names, buffers, lengths);
        }
        finally
        {
            foreach (nint name in names) NativeMemory.Free((void*)name);
        }
    }

    private static void Call(SessionOptions options, nint[] names, nint[] buffers, nuint[] lengths)
    {
        nint* table = OrtGetApiBase()->GetApi(TableVersion);
        var add = (delegate* unmanaged[Cdecl]<nint, nint*, nint*, nuint*, nuint, nint>)table[AddExternalInitializersFromFilesInMemory];
        fixed (nint* name = names, buffer = buffers)
        fixed (nuint* length = lengths)
        {
            nint status = add(options.DangerousGetHandle(), name, buffer, length, (nuint)names.Length);
            if (status == 0) return;
            ((delegate* unmanaged[Cdecl]<nint, void>)table[ReleaseStatus])(status);
            throw ModelFormatException.Model("ONNX Runtime does not take the weights that lie beside the model; export it as one file below 2 GiB.");
        }
    }

    private static void* Address(byte[] pinned) => Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    [LibraryImport("onnxruntime")]
    private static partial ApiEntry* OrtGetApiBase();

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct ApiEntry
    {
        public readonly delegate* unmanaged[Cdecl]<uint, nint*> GetApi;
    }
}
