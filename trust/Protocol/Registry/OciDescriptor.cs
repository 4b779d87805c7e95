namespace ConfidentialOperator.Protocol.Registry;

/// <summary>A part of an artifact (OCI image specification 1.1, "descriptor").</summary>
/// <param name="MediaType">What it is.</param>
/// <param name="Digest">Its SHA-256.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Title">The file name that it stands for; empty when it stands for none.</param>
public sealed record OciDescriptor(string MediaType, ByteString Digest, long Size, string Title)
{
    /// <summary>The annotation with the file's name (OCI image specification, "pre-defined annotation keys").</summary>
    public const string TitleAnnotation = "org.opencontainers.image.title";
}
