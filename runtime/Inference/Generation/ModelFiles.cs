using System.Security.Cryptography;

namespace ConfidentialOperator.Inference.Generation;

/// <summary>
/// The plaintext files of a model, in memory only and wiped on dispose. The arrays do not move, so no copy of a file stays behind.
/// Whoever opens the sealed folder adds each file and decrypts straight into the memory that <see cref="Add"/> gives.
/// </summary>
internal sealed class ModelFiles : IDisposable
{
    /// <summary>The longest file: ONNX's own format ends at 2 GiB, and so does an array.</summary>
    public const long MaximumFileLength = 0x7FFF_FFC7;

    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>Gets the names of the files that are held.</summary>
    public IReadOnlyCollection<string> Names => _files.Keys;

    /// <summary>Makes room for a file. Its name is the path inside the model's folder, with slashes.</summary>
    /// <param name="name">The file's name; each name once.</param>
    /// <param name="length">Its length, at most <see cref="MaximumFileLength"/>.</param>
    /// <returns>The memory to fill.</returns>
    public Memory<byte> Add(string name, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaximumFileLength);
        byte[] content = GC.AllocateArray<byte>((int)length, pinned: true);
        _files.Add(name, content);
        return content;
    }

    /// <summary>Whether there is such a file.</summary>
    public bool Contains(string name) => _files.ContainsKey(name);

    /// <summary>Gets a file.</summary>
    public bool TryGet(string name, out ReadOnlyMemory<byte> content)
    {
        bool found = _files.TryGetValue(name, out byte[]? array);
        content = array;
        return found;
    }

    /// <summary>Wipes one file as soon as it is used up: the weights are in the session then.</summary>
    public void Wipe(string name)
    {
        if (_files.Remove(name, out byte[]? content)) CryptographicOperations.ZeroMemory(content);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (byte[] content in _files.Values) CryptographicOperations.ZeroMemory(content);
        _files.Clear();
    }

    /// <summary>Gets the array itself: ONNX Runtime takes nothing else.</summary>
    internal byte[] Array(string name) => _files[name];
}
