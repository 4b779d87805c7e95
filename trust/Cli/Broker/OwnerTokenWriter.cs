using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Cli.Broker;

/// <summary>Makes the bearer token by which a key broker knows an owner: a JWT of a few minutes (docs/reference/key-broker.md).</summary>
internal static class OwnerTokenWriter
{
    private const string Audience = "confidential-operator.dev/key-broker";
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(5);

    public static string Write(OwnerKey key, string tenant, DateTimeOffset now)
    {
        string header = Encode(new JsonObject { ["alg"] = key.PublicKey.JoseAlgorithm, ["kid"] = key.PublicKey.KeyId, ["typ"] = "JWT" });
        string claims = Encode(new JsonObject
        {
            ["aud"] = Audience,
            ["role"] = "owner",
            ["tenant"] = tenant,
            ["exp"] = (now + s_lifetime).ToUnixTimeSeconds(),
        });
        string signed = $"{header}.{claims}";
        return $"{signed}.{Base64Url.EncodeToString(key.SignJose(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
