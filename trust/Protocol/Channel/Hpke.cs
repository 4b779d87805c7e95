using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>HPKE in base mode (RFC 9180) with DHKEM(X25519, HKDF-SHA256) and HKDF-SHA256.</summary>
public static class Hpke
{
    /// <summary>The number of the KEM.</summary>
    public const ushort KemId = 0x0020;

    /// <summary>The number of the KDF.</summary>
    public const ushort KdfId = 0x0001;

    private static readonly byte[] s_kemSuite = [.. "KEM"u8, 0x00, 0x20];

    /// <summary>Starts a message to the holder of a public key. Only an unusable public key is refused.</summary>
    public static bool TrySetupSender(HpkeAead aead, ReadOnlySpan<byte> receiver, ReadOnlySpan<byte> info,
        [NotNullWhen(true)] out HpkeContext? context, [NotNullWhen(false)] out Refusal? refusal)
    {
        using HpkePrivateKey ephemeral = HpkePrivateKey.Generate();
        return TrySetupSender(aead, receiver, info, ephemeral, out context, out refusal);
    }

    /// <summary>Opens what a sender started: <paramref name="encapsulated"/> is its ephemeral public key.</summary>
    public static bool TrySetupReceiver(HpkeAead aead, HpkePrivateKey receiver, ReadOnlySpan<byte> encapsulated, ReadOnlySpan<byte> info,
        [NotNullWhen(true)] out HpkeContext? context, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        context = null;
        refusal = Unsupported(aead);
        if (refusal is not null)
        {
            return false;
        }

        if (!receiver.TryAgree(encapsulated, out SecretKey? shared))
        {
            refusal = new(RefusalReason.RequestNotAuthentic, "The ephemeral key is not a usable X25519 public key.");
            return false;
        }

        using (shared)
        {
            context = Schedule(aead, shared, encapsulated, receiver.PublicKey.Span, info);
        }

        return true;
    }

    /// <summary>The sender with a given ephemeral key: for the vectors of the specifications.</summary>
    internal static bool TrySetupSender(HpkeAead aead, ReadOnlySpan<byte> receiver, ReadOnlySpan<byte> info, HpkePrivateKey ephemeral,
        [NotNullWhen(true)] out HpkeContext? context, [NotNullWhen(false)] out Refusal? refusal)
    {
        context = null;
        refusal = Unsupported(aead);
        if (refusal is not null)
        {
            return false;
        }

        if (!ephemeral.TryAgree(receiver, out SecretKey? shared))
        {
            refusal = new(RefusalReason.Malformed, "The receiver's key is not a usable X25519 public key.");
            return false;
        }

        using (shared)
        {
            context = Schedule(aead, shared, ephemeral.PublicKey.Span, receiver, info);
        }

        return true;
    }

    private static Refusal? Unsupported(HpkeAead aead) => aead.IsSupported()
        ? null : new(RefusalReason.Unsupported, $"The AEAD {(int)aead} is not supported here.");

    /// <summary>ExtractAndExpand of section 4.1, then KeySchedule of section 5.1.</summary>
    private static HpkeContext Schedule(HpkeAead aead, SecretKey dh, ReadOnlySpan<byte> encapsulated, ReadOnlySpan<byte> receiver, ReadOnlySpan<byte> info)
    {
        byte[] suite = Suite(aead);
        byte[] kemContext = [.. encapsulated, .. receiver];
        Span<byte> secret = stackalloc byte[HpkeLabels.HashLength];
        Span<byte> shared = stackalloc byte[HpkeLabels.HashLength];
        HpkeLabels.Extract(s_kemSuite, default, "eae_prk"u8, dh.Span, secret);
        HpkeLabels.Expand(s_kemSuite, secret, "shared_secret"u8, kemContext, shared);

        Span<byte> scheduleContext = stackalloc byte[1 + (2 * HpkeLabels.HashLength)];
        scheduleContext[0] = 0;
        HpkeLabels.Extract(suite, default, "psk_id_hash"u8, default, scheduleContext.Slice(1, HpkeLabels.HashLength));
        HpkeLabels.Extract(suite, default, "info_hash"u8, info, scheduleContext[(1 + HpkeLabels.HashLength)..]);
        HpkeLabels.Extract(suite, shared, "secret"u8, default, secret);

        Span<byte> key = stackalloc byte[aead.KeyLength()];
        Span<byte> nonce = stackalloc byte[HpkeAeadExtensions.NonceLength];
        Span<byte> exporter = stackalloc byte[HpkeLabels.HashLength];
        HpkeLabels.Expand(suite, secret, "key"u8, scheduleContext, key);
        HpkeLabels.Expand(suite, secret, "base_nonce"u8, scheduleContext, nonce);
        HpkeLabels.Expand(suite, secret, "exp"u8, scheduleContext, exporter);
        var context = new HpkeContext(aead, suite, new ByteString(encapsulated), new AeadCipher(aead, key, nonce), SecretKey.MoveFrom(exporter));
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(shared);
        return context;
    }

    private static byte[] Suite(HpkeAead aead)
    {
        byte[] suite = [.. "HPKE"u8, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(suite.AsSpan(4), KemId);
        BinaryPrimitives.WriteUInt16BigEndian(suite.AsSpan(6), KdfId);
        BinaryPrimitives.WriteUInt16BigEndian(suite.AsSpan(8), (ushort)aead);
        return suite;
    }
}
