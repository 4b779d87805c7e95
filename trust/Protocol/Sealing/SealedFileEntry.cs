namespace ConfidentialOperator.Protocol.Sealing;

/// <summary>What a manifest says about one file.</summary>
/// <param name="Name">The name within the model, such as <c>onnx/model.onnx</c>.</param>
/// <param name="Size">The bytes of the file.</param>
/// <param name="SealedSize">The bytes of the sealed file.</param>
/// <param name="Sha256">The SHA-256 of the sealed file, for those who carry it and cannot open it.</param>
/// <param name="Salt">The random value that makes the file's key its own.</param>
/// <param name="Chunks">The number of chunks.</param>
public sealed record SealedFileEntry(string Name, long Size, long SealedSize, ByteString Sha256, ByteString Salt, long Chunks)
{
    /// <summary>Gets the name of the sealed file, relative to the folder.</summary>
    public string SealedName => Name + SealedFileName.Suffix;
}
