using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Kbs;

/// <summary>
/// What a guest's hardware signs for a key broker: SHA-384 over canonical JSON of nonce, guest's key and device evidence, padded with zeros to 64
/// bytes. A document for clients (<see cref="Binding.ReportBinding"/>) has 32 zeros at the end where this has 16: neither can be taken for the other.
/// </summary>
public static class KbsReportData
{
    /// <summary>The length of report data in SEV-SNP and TDX.</summary>
    public const int Size = 64;

    /// <summary>For the CPU in version 0.4.0.</summary>
    public static ByteString ForCpu(string nonce, TeePublicKey key, string additionalEvidence)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Pad($$"""{"additional-evidence":{{CanonicalJson.Quote(additionalEvidence)}},"nonce":{{CanonicalJson.Quote(nonce)}},"tee-pubkey":{{key.CanonicalJson}}}""");
    }

    /// <summary>For devices, and for the CPU in version 0.2.0.</summary>
    public static ByteString ForDevice(string nonce, TeePublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Pad($$"""{"nonce":{{CanonicalJson.Quote(nonce)}},"tee-pubkey":{{key.CanonicalJson}}}""");
    }

    /// <summary>What a GPU or NVSwitch answers for a key broker: the first 32 bytes of what devices sign, because an SPDM nonce has no more.</summary>
    public static ByteString SpdmNonce(string nonce, TeePublicKey key) => new(ForDevice(nonce, key).Span[..32]);

    private static ByteString Pad(string json)
    {
        Span<byte> data = stackalloc byte[Size];
        data.Clear();
        SHA384.HashData(Encoding.UTF8.GetBytes(json), data);
        return new ByteString(data);
    }
}
