using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ConfidentialOperator.KeyBroker.Seams;

/// <summary>
/// A guest's public key: EC on P-256 or P-521 for ECDH-ES+A256KW, or RSA of 2048 to 8192 bits for RSA-OAEP-256. Members that a JWK has
/// besides are dropped, as Trustee drops them, before anything is hashed.
/// </summary>
internal sealed record TeePublicKey
{
    private const int SmallestModulus = 256;
    private const int LargestModulus = 1024;

    /// <summary>Gets the key as RFC 8785 writes it: what report data is computed over.</summary>
    public required string CanonicalJson { get; init; }

    /// <summary>Gets the point, for an EC key.</summary>
    public ECParameters? Ec { get; init; }

    /// <summary>Gets modulus and exponent, for an RSA key.</summary>
    public RSAParameters? Rsa { get; init; }

    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson)));

    /// <summary>Reads a JWK; null when nothing may be sealed to it.</summary>
    public static TeePublicKey? Read(JsonElement jwk) => (jwk.Text("kty", 8), jwk.Text("alg", 32)) switch
    {
        ("EC", "ECDH-ES+A256KW") => ReadEc(jwk),
        ("RSA", "RSA-OAEP-256") => ReadRsa(jwk),
        _ => null,
    };

    private static TeePublicKey? ReadEc(JsonElement jwk)
    {
        (string curve, ECCurve named, int size) = jwk.Text("crv", 8) switch
        {
            "P-256" => ("P-256", ECCurve.NamedCurves.nistP256, 32),
            "P-521" => ("P-521", ECCurve.NamedCurves.nistP521, 66),
            _ => ("", default, 0),
        };
        string x = jwk.Text("x", 128);
        string y = jwk.Text("y", 128);
        byte[] xBytes = Base64Url.DecodeFromChars(x);
        byte[] yBytes = Base64Url.DecodeFromChars(y);
        if (size == 0 || xBytes.Length != size || yBytes.Length != size)
        {
            return null;
        }

        var parameters = new ECParameters { Curve = named, Q = new ECPoint { X = xBytes, Y = yBytes } };
        try
        {
            // A point that is not on the curve would give parts of the ephemeral key away.
            using ECDiffieHellman check = ECDiffieHellman.Create(parameters);
        }
        catch (CryptographicException)
        {
            return null;
        }

        return new TeePublicKey
        {
            Ec = parameters,
            CanonicalJson = $$"""{"alg":"ECDH-ES+A256KW","crv":"{{curve}}","kty":"EC","x":{{StrictJson.Canonical(x)}},"y":{{StrictJson.Canonical(y)}}}""",
        };
    }

    private static TeePublicKey? ReadRsa(JsonElement jwk)
    {
        string n = jwk.Text("n", 2048);
        string e = jwk.Text("e", 16);
        byte[] modulus = Base64Url.DecodeFromChars(n);
        byte[] exponent = Base64Url.DecodeFromChars(e);
        bool sound = modulus.Length is >= SmallestModulus and <= LargestModulus && modulus[0] >= 0x80 && (modulus[^1] & 1) == 1
            && exponent.Length is >= 1 and <= 4 && (exponent[^1] & 1) == 1 && !(exponent.Length == 1 && exponent[0] < 3);
        return !sound ? null : new TeePublicKey
        {
            Rsa = new RSAParameters { Modulus = modulus, Exponent = exponent },
            CanonicalJson = $$"""{"alg":"RSA-OAEP-256","e":{{StrictJson.Canonical(e)}},"kty":"RSA","n":{{StrictJson.Canonical(n)}}}""",
        };
    }
}
