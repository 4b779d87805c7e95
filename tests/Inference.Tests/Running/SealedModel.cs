using ConfidentialOperator.Protocol.Access;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Protocol.Secrets;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Inference.Tests.Running;

/// <summary>A model sealed by its owner, in a folder of its own, with the key and a caller list.</summary>
internal sealed class SealedModel : IDisposable
{
    public const string Tenant = "clinic";
    private readonly byte[] _key = new byte[32];
    private readonly string _folder = Directory.CreateTempSubdirectory("sealed-").FullName;

    private SealedModel() => System.Security.Cryptography.RandomNumberGenerator.Fill(_key);

    public OwnerKey Owner { get; } = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);

    public string Folder => Path.Combine(_folder, "sealed");

    public string Digest { get; private set; } = "";

    public byte[] Key => [.. _key];

    /// <summary>Seals what <paramref name="fill"/> puts into a folder.</summary>
    public static async Task<SealedModel> CreateAsync(Action<string> fill, long version = 3)
    {
        var model = new SealedModel();
        string plain = Directory.CreateDirectory(Path.Combine(model._folder, "plain")).FullName;
        fill(plain);
        Assert.True(KbsResourceUri.TryParse("kbs:///clinic/model/v3", out KbsResourceUri? keyId));
        var plan = new SealPlan { Model = "model", Version = version, KeyId = keyId, Owners = [model.Owner.PublicKey], ChunkSize = 64 * 1024 };
        using var key = SecretKey.MoveFrom(model.Key);
        SealResult result = await SealedModelWriter.WriteAsync(plain, model.Folder, plan, key, [model.Owner], TestContext.Current.CancellationToken);
        Assert.True(result.Accepted, result.Refusal?.ToString());
        model.Digest = "sha256:" + result.ManifestDigest;
        Directory.Delete(plain, recursive: true);
        return model;
    }

    public byte[] Callers(long version, params Caller[] callers) => Callers(Owner, version, callers);

    public static byte[] Callers(OwnerKey signer, long version, params Caller[] callers) =>
        new CallerList { Tenant = Tenant, Version = version, Callers = callers }.Sign(signer).ToJson();

    public void Dispose()
    {
        Owner.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
