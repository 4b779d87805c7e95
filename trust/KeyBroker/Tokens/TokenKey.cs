using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.KeyBroker.Storage;

namespace ConfidentialOperator.KeyBroker.Tokens;

/// <summary>The P-256 key that signs attestation tokens (ES256), and its public half as a JWK (RFC 7517) named by its thumbprint (RFC 7638).</summary>
internal sealed class TokenKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create();
    private readonly Lock _use = new();

    public TokenKey(string path)
    {
        PrivateFile.DemandPrivate(path);
        _key.ImportFromPem(File.ReadAllText(path));
        ECParameters parameters = _key.ExportParameters(includePrivateParameters: false);
        if (parameters.Q.X is not { Length: 32 } || parameters.Q.Y is not { Length: 32 })
        {
            throw new InvalidDataException($"The token key '{path}' must be an EC key on P-256.");
        }

        X = Base64Url.EncodeToString(parameters.Q.X);
        Y = Base64Url.EncodeToString(parameters.Q.Y);
        KeyId = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{X}}","y":"{{Y}}"}""")));
    }

    public string KeyId { get; }

    /// <summary>Gets the x coordinate in base64url.</summary>
    public string X { get; }

    /// <summary>Gets the y coordinate in base64url.</summary>
    public string Y { get; }

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_use)
        {
            return _key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        lock (_use)
        {
            return _key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    public void Dispose() => _key.Dispose();
}
