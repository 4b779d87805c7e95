using System.Security.Cryptography;
using System.Text.Json;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Attestation.Azure;

/// <summary>What the paravisor says in JSON: the virtual TPM's keys, and how the VM was configured. It counts only when the hardware's report is bound to it.</summary>
internal sealed record RuntimeData
{
    private const int Longest = 64 * 1024;
    private const int MostKeys = 8;
    private const int ModulusSize = 256;
    private const string AttestationKeyName = "HCLAkPub";

    /// <summary>Gets the modulus of the key that signs quotes, RSA-2048 with exponent 65537.</summary>
    public required ByteString Modulus { get; init; }

    /// <summary>Gets the VM's id; empty when it is not said.</summary>
    public required string VmId { get; init; }

    /// <summary>Gets whether secure boot is on; null when it is not said.</summary>
    public required bool? SecureBoot { get; init; }

    /// <summary>Gets whether a console is attached; null when it is not said.</summary>
    public required bool? Console { get; init; }

    /// <summary>Gets data that the guest chose, 64 bytes in upper-case hex; empty when it is not there.</summary>
    public required string UserData { get; init; }

    /// <summary>Reads the JSON; null when it cannot be read, or has not exactly one attestation key.</summary>
    public static RuntimeData? Read(ReadOnlyMemory<byte> utf8, out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "runtime data of Azure's paravisor", Longest, Read, out RuntimeData? read, out refusal) ? read : null;

    /// <summary>Returns whether the attestation key made this signature: RSASSA-PKCS1-v1_5 with SHA-256.</summary>
    public bool HasSigned(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        try
        {
            using var key = RSA.Create(new RSAParameters { Modulus = Modulus.ToArray(), Exponent = [1, 0, 1] });
            return signature.Length == ModulusSize && key.VerifyData(message, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static RuntimeData? Read(StrictObject given)
    {
        given.IgnoreUnknown();
        IReadOnlyList<ByteString?> keys = given.Objects("keys", MostKeys, ReadKey);
        ByteString[] attestation = [.. keys.OfType<ByteString>()];
        if (attestation.Length != 1)
        {
            given.Fail("keys", $"has {attestation.Length} keys of the name {AttestationKeyName}; expected one");
            return null;
        }

        JsonElement configuration = given.Has("vm-configuration") ? given.Any("vm-configuration") : default;
        return new RuntimeData
        {
            Modulus = attestation[0],
            VmId = Text(configuration, "vmUniqueId"),
            SecureBoot = Flag(configuration, "secure-boot"),
            Console = Flag(configuration, "console-enabled"),
            UserData = given.Has("user-data") ? given.Text("user-data", 128) : "",
        };
    }

    private static ByteString? ReadKey(StrictObject given)
    {
        given.IgnoreUnknown();
        if (given.Text("kid") != AttestationKeyName)
        {
            return null;
        }

        given.Literal("kty", "RSA");
        given.Literal("e", "AQAB");
        byte[] modulus = given.Base64Url("n", ModulusSize);
        if (modulus.Length != ModulusSize || modulus[0] < 0x80)
        {
            given.Fail("n", $"must be the modulus of an RSA key of {8 * ModulusSize} bits");
        }

        return new ByteString(modulus);
    }

    private static string Text(JsonElement configuration, string name) => configuration.ValueKind == JsonValueKind.Object
        && configuration.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static bool? Flag(JsonElement configuration, string name) => configuration.ValueKind == JsonValueKind.Object
        && configuration.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? configuration.GetProperty(name).GetBoolean() : null;
}
