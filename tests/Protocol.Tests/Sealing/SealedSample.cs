using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Protocol.Secrets;
using ConfidentialOperator.Protocol.Signing;
using ConfidentialOperator.Protocol.Tests.Running;

namespace ConfidentialOperator.Protocol.Tests.Sealing;

/// <summary>A folder with files of telling sizes, sealed in small chunks.</summary>
internal sealed class SealedSample : IDisposable
{
    public const int ChunkSize = 4096;
    public const int HeaderSize = 120;
    public const int SealedChunk = ChunkSize + 16;

    private static readonly (string Name, int Size)[] s_files =
    [
        ("config.json", 17), ("empty.bin", 0), ("model.onnx", (5 * ChunkSize) + 100), ("onnx/exact.bin", 2 * ChunkSize), ("onnx/other.bin", 2 * ChunkSize),
    ];

    private readonly TemporaryFolder _folder = new();

    private SealedSample(OwnerKey owner) => Owner = owner;

    public OwnerKey Owner { get; }

    public SecretKey Key { get; } = SecretKey.Generate(32);

    public string Source => _folder["source"];

    public string Target => _folder["sealed"];

    public ModelManifest Manifest { get; private set; } = null!;

    public ByteString Digest { get; private set; } = null!;

    public static IEnumerable<string> Names => s_files.Select(file => file.Name);

    public static async Task<SealedSample> CreateAsync()
    {
        var sample = new SealedSample(OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256));
        Directory.CreateDirectory(sample.Source);
        Directory.CreateDirectory(Path.Combine(sample.Source, "onnx"));
        foreach ((string name, int size) in s_files)
        {
            byte[] content = new byte[size];
            new Random(size + name.Length).NextBytes(content);
            await File.WriteAllBytesAsync(Path.Combine(sample.Source, name), content);
        }

        SealResult result = await sample.SealAsync(sample.Target, sample.Plan());
        Assert.True(result.Accepted, result.Refusal?.ToString());
        (sample.Manifest, sample.Digest) = (result.Manifest, result.ManifestDigest);
        return sample;
    }

    public SealPlan Plan(string model = "triage-notes", long version = 3) => new()
    {
        Model = model,
        Version = version,
        KeyId = Resource("clinic/triage-notes/v3"),
        Owners = [Owner.PublicKey],
        ChunkSize = ChunkSize,
    };

    public Task<SealResult> SealAsync(string target, SealPlan plan) =>
        SealedModelWriter.WriteAsync(Source, target, plan, Key, [Owner], TestContext.Current.CancellationToken);

    public string this[string name] => _folder[name];

    public string SealedPath(string name) => Path.Combine(Target, name + ".sealed");

    public byte[] Plain(string name) => File.ReadAllBytes(Path.Combine(Source, name));

    /// <summary>Changes the bytes of a sealed file.</summary>
    public void Change(string name, Func<byte[], byte[]> change) =>
        File.WriteAllBytes(SealedPath(name), change(File.ReadAllBytes(SealedPath(name))));

    public SealedModelReader Open()
    {
        Assert.True(SealedModelReader.TryOpen(Target, Digest, Key, out SealedModelReader? reader, out Refusal? refusal), refusal?.ToString());
        return reader;
    }

    /// <summary>Opens and reads one file; returns the refusal of whichever step refuses.</summary>
    public Refusal? Refusal(string name)
    {
        if (!Open().TryOpenFile(name, out SealedFileReader? file, out Refusal? refusal))
        {
            return refusal;
        }

        using (file)
        {
            byte[] buffer = new byte[file.Size];
            buffer.AsSpan().Fill(0xAA);
            bool read = file.TryReadInto(buffer, out refusal);
            Assert.True(read || buffer.All(value => value == 0), "what was refused must be wiped");
            return refusal;
        }
    }

    public void Dispose()
    {
        Key.Dispose();
        Owner.Dispose();
        _folder.Dispose();
    }

    private static KbsResourceUri Resource(string path)
    {
        Assert.True(KbsResourceUri.TryFromPath(path, out KbsResourceUri? uri));
        return uri;
    }
}
