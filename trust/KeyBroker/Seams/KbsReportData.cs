using System.Security.Cryptography;
using System.Text;

namespace ConfidentialOperator.KeyBroker.Seams;

/// <summary>The 64 bytes that a guest's report must carry: SHA-384 over canonical JSON of nonce, key and device evidence, padded with zeros.</summary>
internal static class KbsReportData
{
    public const int Size = 64;

    public static byte[] ForCpu(string nonce, TeePublicKey key, string additionalEvidence) => Pad(
        $$"""{"additional-evidence":{{StrictJson.Canonical(additionalEvidence)}},"nonce":{{StrictJson.Canonical(nonce)}},"tee-pubkey":{{key.CanonicalJson}}}""");

    /// <summary>For devices, and for the CPU in version 0.2.0.</summary>
    public static byte[] ForDevice(string nonce, TeePublicKey key) => Pad(
        $$"""{"nonce":{{StrictJson.Canonical(nonce)}},"tee-pubkey":{{key.CanonicalJson}}}""");

    private static byte[] Pad(string json)
    {
        byte[] data = new byte[Size];
        SHA384.HashData(Encoding.UTF8.GetBytes(json), data);
        return data;
    }
}
