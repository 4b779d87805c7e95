using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Protocol.Secrets;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Sidecar.Tests.Running;

/// <summary>A model of two small files, sealed by the product.</summary>
internal sealed class SealedModel
{
    public const string Name = "triage-notes";

    public required string Folder { get; init; }

    public required SealResult Result { get; init; }

    public required byte[] Key { get; init; }

    public string Digest => $"sha256:{Result.ManifestDigest}";

    public static async Task<SealedModel> WriteAsync(string parent, long version = 3, int bytes = 40_000)
    {
        string plain = Path.Combine(parent, $"plain-{version}");
        Directory.CreateDirectory(Path.Combine(plain, "onnx"));
        byte[] content = new byte[bytes];
        new Random(7).NextBytes(content);
        await File.WriteAllBytesAsync(Path.Combine(plain, "onnx", "model.onnx"), content);
        await File.WriteAllTextAsync(Path.Combine(plain, "tokenizer.json"), "{}");
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        byte[] key = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 5))];
        using SecretKey secret = SecretKey.MoveFrom(key.ToArray());
        Assert.True(KbsResourceUri.TryParse(RunningSidecar.ModelKey, out KbsResourceUri? uri));
        var plan = new SealPlan { Model = Name, Version = version, KeyId = uri, Owners = [owner.PublicKey] };
        string folder = Path.Combine(parent, $"sealed-{version}");
        SealResult result = await SealedModelWriter.WriteAsync(plain, folder, plan, secret, [owner], TestContext.Current.CancellationToken);
        Assert.Null(result.Refusal);
        return new SealedModel { Folder = folder, Result = result, Key = key };
    }
}
