using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Access;

/// <summary>
/// The bearer token with which an owner stores resources at a key broker: a JWT (RFC 7519) that the owner's key signs, for one tenant and a short time.
/// It goes into the header <c>Authorization: Bearer</c>.
/// </summary>
public static class OwnerTokenText
{
    /// <summary>The claim <c>aud</c>.</summary>
    public const string Audience = "confidential-operator.dev/key-broker";

    /// <summary>The claim <c>role</c>.</summary>
    public const string Role = "owner";

    /// <summary>Makes a token.</summary>
    /// <param name="key">A key of an owner whom the broker knows.</param>
    /// <param name="tenant">The tenant whose resources are changed.</param>
    /// <param name="expires">The end of its validity: an hour from now at most, minutes are enough.</param>
    public static string Create(OwnerKey key, string tenant, DateTimeOffset expires)
    {
        ArgumentNullException.ThrowIfNull(key);
        string header = Part(new JsonObject { ["alg"] = key.PublicKey.JoseAlgorithm, ["kid"] = key.PublicKey.KeyId, ["typ"] = "JWT" });
        string claims = Part(new JsonObject { ["aud"] = Audience, ["exp"] = expires.ToUnixTimeSeconds(), ["role"] = Role, ["tenant"] = tenant });
        byte[] signature = key.SignJose(Encoding.ASCII.GetBytes($"{header}.{claims}"));
        return $"{header}.{claims}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Part(JsonObject part) => Base64Url.EncodeToString(CanonicalJson.Serialize(part));
}
