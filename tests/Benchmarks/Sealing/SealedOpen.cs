using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Protocol.Secrets;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Benchmarks.Sealing;

/// <summary>
/// c1: opening a sealed file of 256 MiB from the page cache into memory that was touched before, on one thread, against
/// <c>openssl speed -evp aes-256-gcm</c> on blocks of 64 KiB in the same round.
/// </summary>
internal sealed class SealedOpen : IBenchmark
{
    private const int Size = 256 * 1024 * 1024;
    private const double Mega = 1e6;

    private readonly string _folder = Directory.CreateTempSubdirectory("bench-").FullName;
    private readonly SecretKey _key = SecretKey.Generate(32);
    private readonly byte[] _destination = new byte[Size];
    private SealedFileReader _reader = null!;

    public string Metric => "c1";

    public string Goal => ">= 0.70 with OpenSSL 3.0, >= 0.55 with 3.5 and later";

    public string Unit => "MB/s";

    public int Rounds => 5;

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        string source = Path.Combine(_folder, "model");
        string target = Path.Combine(_folder, "sealed");
        Directory.CreateDirectory(source);
        RandomNumberGenerator.Fill(_destination);
        await File.WriteAllBytesAsync(Path.Combine(source, "model.onnx"), _destination, cancellationToken);
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        KbsResourceUri keyId = KbsResourceUri.TryParse("kbs:///bench/model/v1", out KbsResourceUri? parsed) ? parsed : throw new UnreachableException();
        var plan = new SealPlan { Model = "bench", Version = 1, KeyId = keyId, Owners = [owner.PublicKey] };
        SealResult result = await SealedModelWriter.WriteAsync(source, target, plan, _key, [owner], cancellationToken);
        if (!result.Accepted
            || !SealedModelReader.TryOpen(target, result.ManifestDigest, _key, out SealedModelReader? model, out Refusal? refusal)
            || !model.TryOpenFile("model.onnx", out SealedFileReader? reader, out refusal))
        {
            throw new InvalidOperationException("The benchmark's model could not be sealed and opened.");
        }

        _reader = reader;
    }

    public Task<double> OursAsync(CancellationToken cancellationToken)
    {
        using SealedChunkReader chunks = _reader.NewChunkReader();
        long start = Stopwatch.GetTimestamp();
        for (long chunk = 0; chunk < _reader.Chunks; chunk++)
        {
            Span<byte> place = _destination.AsSpan((int)(chunk * _reader.ChunkSize), _reader.PlainLength(chunk));
            if (!chunks.TryRead(chunk, place, out Refusal? refusal))
            {
                throw new InvalidOperationException(refusal.Message);
            }
        }

        return Task.FromResult(Size / Mega / Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    public async Task<double> ReferenceAsync(CancellationToken cancellationToken)
    {
        using Process openssl = Process.Start(new ProcessStartInfo("openssl",
            ["speed", "-elapsed", "-seconds", "1", "-evp", "aes-256-gcm", "-decrypt", "-bytes", "65536", "-mr"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = openssl.StandardError.ReadToEndAsync(cancellationToken);
        string output = await openssl.StandardOutput.ReadToEndAsync(cancellationToken);
        await errors;
        await openssl.WaitForExitAsync(cancellationToken);
        string line = output.Split('\n').Single(text => text.StartsWith("+F:", StringComparison.Ordinal));
        return double.Parse(line.Split(':')[^1], CultureInfo.InvariantCulture) / Mega;
    }

    public ValueTask DisposeAsync()
    {
        _reader?.Dispose();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
