using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ConfidentialOperator.Protocol.Access;

namespace ConfidentialOperator.KeyBroker.Tests.Running;

/// <summary>An owner with a P-256 key, written without the product's own signing code.</summary>
internal sealed class Owner
{
    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string KeyId => Convert.ToHexStringLower(SHA256.HashData(Key.ExportSubjectPublicKeyInfo()));

    public string Token(string tenant, DateTimeOffset expires, Action<Dictionary<string, object>>? claims = null, Action<Dictionary<string, object>>? header = null)
    {
        var head = new Dictionary<string, object> { ["alg"] = "ES256", ["typ"] = "JWT", ["kid"] = KeyId };
        var body = new Dictionary<string, object>
        {
            ["aud"] = OwnerTokenText.Audience,
            ["role"] = "owner",
            ["tenant"] = tenant,
            ["exp"] = expires.ToUnixTimeSeconds(),
        };
        header?.Invoke(head);
        claims?.Invoke(body);
        string signed = $"{Part(head)}.{Part(body)}";
        byte[] signature = Key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
}
