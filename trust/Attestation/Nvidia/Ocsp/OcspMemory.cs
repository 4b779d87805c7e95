using System.Collections.Concurrent;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nvidia.Ocsp;

/// <summary>
/// Who signed a response, by the response's hash and the issuer of the certificate that it is about: kept when the signer is the issuer or appointed by it. The time
/// of the answer and of the signer's certificate are asked each time.
/// </summary>
internal sealed class OcspMemory
{
    private const int Most = 4096;

    private readonly ConcurrentDictionary<(ByteString Response, ByteString Issuer), Certificate> _signers = new();

    public Certificate? Find(ByteString response, Certificate issuer) => _signers.TryGetValue((response, issuer.Der), out Certificate? signer) ? signer : null;

    public void Keep(ByteString response, Certificate issuer, Certificate signer)
    {
        if (_signers.Count >= Most)
        {
            _signers.Clear();
        }

        _signers[(response, issuer.Der)] = signer;
    }
}
