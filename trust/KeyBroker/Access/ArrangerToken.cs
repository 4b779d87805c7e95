using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.KeyBroker.Storage;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Access;

/// <summary>
/// The token of those who arrange pods: they read the status and revoke sessions. It protects availability only; no key depends on it.
/// Without a configured file everyone who reaches the broker may do so.
/// </summary>
internal sealed class ArrangerToken
{
    private readonly byte[]? _sha256;

    public ArrangerToken(IOptions<KeyBrokerOptions> options)
    {
        if (options.Value.ArrangerTokenPath.Length > 0)
        {
            string path = options.Value.Resolve(options.Value.ArrangerTokenPath);
            PrivateFile.DemandPrivate(path);
            string token = File.ReadAllText(path).Trim();
            if (token.Length < 16)
            {
                throw new InvalidDataException($"The token in '{path}' must have 16 characters or more.");
            }

            _sha256 = SHA256.HashData(Encoding.UTF8.GetBytes(token));
        }
    }

    public bool Allows(HttpRequest request)
    {
        if (_sha256 is null)
        {
            return true;
        }

        string header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header[7..].Trim())), _sha256);
    }
}
