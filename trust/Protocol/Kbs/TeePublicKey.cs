using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;
using B64 = System.Buffers.Text.Base64Url;

namespace ConfidentialOperator.Protocol.Kbs;

/// <summary>
/// A guest's public key as a JWK (RFC 7517): EC on P-256 or P-521 for ECDH-ES+A256KW, or RSA of 2048 to 8192 bits for RSA-OAEP-256. Other
/// members of the JWK are dropped before anything is hashed, as existing brokers drop them.
/// </summary>
public sealed class TeePublicKey
{
    /// <summary>The algorithm of EC keys (RFC 7518 section 4.6).</summary>
    public const string EcAlgorithm = "ECDH-ES+A256KW";

    /// <summary>The algorithm of RSA keys (RFC 7518 section 4.3).</summary>
    public const string RsaAlgorithm = "RSA-OAEP-256";

    private const int LongestJwk = 8192;
    private const int SmallestModulus = 256;
    private const int LargestModulus = 1024;

    private TeePublicKey(JsonObject jwk, ECParameters? ec, RSAParameters? rsa)
    {
        CanonicalJson = Encoding.UTF8.GetString(Json.CanonicalJson.Serialize(jwk));
        Sha256 = ByteString.Sha256(Encoding.UTF8.GetBytes(CanonicalJson));
        Ec = ec;
        Rsa = rsa;
    }

    /// <summary>Gets the key as RFC 8785 writes it: what report data is computed over, and what is sent.</summary>
    public string CanonicalJson { get; }

    /// <summary>Gets the SHA-256 of the canonical JSON, to name the key in logs.</summary>
    public ByteString Sha256 { get; }

    /// <summary>Gets the point of an EC key.</summary>
    public ECParameters? Ec { get; }

    /// <summary>Gets modulus and exponent of an RSA key.</summary>
    public RSAParameters? Rsa { get; }

    /// <summary>Takes the public half of a key on P-256 or P-521.</summary>
    public static TeePublicKey From(ECDiffieHellman key)
    {
        ArgumentNullException.ThrowIfNull(key);
        ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
        string curve = parameters.Q.X!.Length == 32 ? "P-256" : "P-521";
        return new TeePublicKey(EcJwk(curve, B64.EncodeToString(parameters.Q.X), B64.EncodeToString(parameters.Q.Y)), parameters, null);
    }

    /// <summary>Reads a JWK.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out TeePublicKey? key, [NotNullWhen(false)] out Refusal? refusal)
    {
        bool read = StrictJson.TryRead(utf8, "guest's key", LongestJwk, Read, out key, out refusal);
        refusal = refusal is null ? null : refusal with { Reason = RefusalReason.TeeKeyNotSupported };
        return read;
    }

    /// <summary>Returns the key as JSON.</summary>
    public byte[] ToJson() => Encoding.UTF8.GetBytes(CanonicalJson);

    /// <summary>Reads a JWK that stands in another message.</summary>
    internal static TeePublicKey? Read(StrictObject jwk)
    {
        jwk.IgnoreUnknown();
        string kind = jwk.Text("kty", 8);
        string algorithm = jwk.Text("alg", 32);
        TeePublicKey? key = (kind, algorithm) switch
        {
            ("EC", EcAlgorithm) => ReadEc(jwk),
            ("RSA", RsaAlgorithm) => ReadRsa(jwk),
            _ => null,
        };
        if (key is null)
        {
            jwk.Fail("", $"must be EC on P-256 or P-521 ({EcAlgorithm}), or RSA of 2048 bits or more ({RsaAlgorithm})", RefusalReason.TeeKeyNotSupported);
        }

        return key;
    }

    /// <summary>Reads the ephemeral key of a JWE header, which has no algorithm of its own.</summary>
    internal static TeePublicKey? ReadPoint(StrictObject jwk)
    {
        jwk.Literal("kty", "EC");
        return ReadEc(jwk);
    }

    private static TeePublicKey? ReadEc(StrictObject jwk)
    {
        (string curve, ECCurve named, int size) = jwk.Text("crv", 8) switch
        {
            "P-256" => ("P-256", ECCurve.NamedCurves.nistP256, 32),
            "P-521" => ("P-521", ECCurve.NamedCurves.nistP521, 66),
            _ => ("", default, 0),
        };
        byte[] x = jwk.Base64Url("x", 66);
        byte[] y = jwk.Base64Url("y", 66);
        if (size == 0 || x.Length != size || y.Length != size)
        {
            return null;
        }

        var parameters = new ECParameters { Curve = named, Q = new ECPoint { X = x, Y = y } };
        try
        {
            // A point that is not on the curve would give parts of the ephemeral key away.
            using ECDiffieHellman check = ECDiffieHellman.Create(parameters);
        }
        catch (CryptographicException)
        {
            return null;
        }

        return new TeePublicKey(EcJwk(curve, B64.EncodeToString(x), B64.EncodeToString(y)), parameters, null);
    }

    private static JsonObject EcJwk(string curve, string x, string y) =>
        new() { ["alg"] = EcAlgorithm, ["crv"] = curve, ["kty"] = "EC", ["x"] = x, ["y"] = y };

    private static TeePublicKey? ReadRsa(StrictObject jwk)
    {
        byte[] n = jwk.Base64Url("n", LargestModulus);
        byte[] e = jwk.Base64Url("e", 4);
        bool modulusIsSound = n.Length >= SmallestModulus && n[0] >= 0x80 && (n[^1] & 1) == 1;
        bool exponentIsSound = e.Length > 0 && (e[^1] & 1) == 1 && (e.Length > 1 || e[0] >= 3);
        return !modulusIsSound || !exponentIsSound ? null : new TeePublicKey(
            new JsonObject { ["alg"] = RsaAlgorithm, ["e"] = B64.EncodeToString(e), ["kty"] = "RSA", ["n"] = B64.EncodeToString(n) },
            null,
            new RSAParameters { Modulus = n, Exponent = e });
    }
}
