using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace ConfidentialOperator.Protocol.InitData;

/// <summary>
/// The initdata of a Confidential Containers guest: a TOML text whose digest the hardware reports (HOST_DATA of SEV-SNP). The digest is over the
/// exact bytes, so the text that was read is kept, and writing is deterministic.
/// </summary>
public sealed class InitDataDocument
{
    /// <summary>The pod annotation that carries it.</summary>
    public const string Annotation = "io.katacontainers.config.hypervisor.cc_init_data";

    /// <summary>The most characters of a text: Kubernetes allows 256 KiB for all annotations of an object.</summary>
    public const int LongestText = 1024 * 1024;

    /// <summary>The most characters of an annotation.</summary>
    public const int LongestAnnotation = 256 * 1024;

    private const string Version = "0.1.0";

    private InitDataDocument(string text, string algorithm, IReadOnlyDictionary<string, string> files)
    {
        Text = text;
        Algorithm = algorithm;
        Files = files;
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Sha256 = ByteString.Sha256(utf8);
        Digest = algorithm switch
        {
            "sha256" => Sha256,
            "sha384" => new ByteString(SHA384.HashData(utf8)),
            _ => new ByteString(SHA512.HashData(utf8)),
        };
    }

    /// <summary>Gets the exact text.</summary>
    public string Text { get; }

    /// <summary>Gets the name of the hash: sha256, sha384 or sha512.</summary>
    public string Algorithm { get; }

    /// <summary>Gets the entries of the table <c>data</c>.</summary>
    public IReadOnlyDictionary<string, string> Files { get; }

    /// <summary>Gets the digest of the text by the algorithm that it names.</summary>
    public ByteString Digest { get; }

    /// <summary>Gets the SHA-256 of the text, which policies list.</summary>
    public ByteString Sha256 { get; }

    /// <summary>Gets what a report's HOST_DATA must be: the digest, cut or filled with zeros to 32 bytes.</summary>
    public ByteString HostData
    {
        get
        {
            byte[] hostData = new byte[32];
            Digest.Span[..Math.Min(hostData.Length, Digest.Length)].CopyTo(hostData);
            return new ByteString(hostData);
        }
    }

    /// <summary>Writes a document with SHA-256: entries sorted by name, line feeds only, so that the same files give the same bytes.</summary>
    public static InitDataDocument Create(IReadOnlyDictionary<string, string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var text = new StringBuilder($"version = \"{Version}\"\nalgorithm = \"sha256\"\n\n[data]\n");
        foreach ((string name, string content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            text.Append(TomlText.Key(name)).Append(" = ").Append(TomlText.Value(content)).Append('\n');
        }

        return new InitDataDocument(text.ToString(), "sha256", new Dictionary<string, string>(files));
    }

    /// <summary>Reads a text.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out InitDataDocument? document, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(text);
        document = null;
        if (text.Length > LongestText)
        {
            refusal = new(RefusalReason.TooLarge, $"The initdata is longer than {LongestText} characters.");
            return false;
        }

        var reader = new TomlReader(text);
        refusal = reader.Read() is { } fault ? new(RefusalReason.Malformed, $"The initdata is refused: {fault}") : Check(reader);
        document = refusal is null ? new InitDataDocument(text, reader.Root["algorithm"], reader.Data) : null;
        return document is not null;
    }

    /// <summary>Reads an annotation: Base64 of gzip. A text that unpacks to more than the limit is refused before it is held in memory.</summary>
    public static bool TryFromAnnotation(string annotation, [NotNullWhen(true)] out InitDataDocument? document, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(annotation);
        document = null;
        byte[] packed = new byte[annotation.Length];
        if (annotation.Length > LongestAnnotation || !Convert.TryFromBase64String(annotation, packed, out int length))
        {
            refusal = new(RefusalReason.Malformed, $"The initdata annotation is not Base64, or is longer than {LongestAnnotation} characters.");
            return false;
        }

        string? text = Unpack(packed.AsMemory(0, length));
        refusal = text is not null ? null : new(RefusalReason.Malformed, "The initdata annotation is not gzip of UTF-8, or is too long when unpacked.");
        return text is not null && TryParse(text, out document, out refusal);
    }

    /// <summary>Returns the annotation. The gzip header has no time in it, so the same text gives the same annotation.</summary>
    public string ToAnnotation()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Text));
        }

        return Convert.ToBase64String(packed.GetBuffer().AsSpan(0, (int)packed.Length));
    }

    private static Refusal? Check(TomlReader reader)
    {
        bool known = reader.Root.TryGetValue("version", out string? version) && version == Version
            && reader.Root.TryGetValue("algorithm", out string? algorithm) && (algorithm is "sha256" or "sha384" or "sha512");
        return known && reader.Root.Count == 2 ? null
            : new(RefusalReason.Unsupported, $"The initdata must have version {Version} and algorithm sha256, sha384 or sha512, and no other key before its table.");
    }

    private static string? Unpack(ReadOnlyMemory<byte> packed)
    {
        try
        {
            using var source = new MemoryStream(packed.ToArray());
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            byte[] text = new byte[LongestText + 1];
            int length = gzip.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            return length > LongestText ? null : new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text, 0, length);
        }
        catch (Exception exception) when (exception is InvalidDataException or DecoderFallbackException)
        {
            return null;
        }
    }
}
