using ConfidentialOperator.Inference.Keys;
using ConfidentialOperator.Inference.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Channel;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConfidentialOperator.Inference.Tests.Keys;

public sealed class KeyRingTests
{
    private readonly TestClock _clock = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void AKeyThatIsLentOutlivesItsEndAndIsDestroyedWhenItComesBack()
    {
        using KeyRing ring = Ring(100);
        KeyLease lease = ring.Lend(Header(ring.Current.Configurations[0].KeyId, HpkeAead.Aes256Gcm))!;
        _clock.Advance(KeyRing.Active + KeyRing.Draining);
        ring.Rotate();
        Assert.True(Works(lease.Key));
        lease.Dispose();
        Assert.False(Works(lease.Key));
    }

    [Fact]
    public void AKeyIsLentForItsOwnCipherOnly()
    {
        using KeyRing ring = Ring(100);
        byte first = ring.Current.Configurations[0].KeyId;
        byte second = ring.Current.Configurations[1].KeyId;
        Assert.NotNull(ring.Lend(Header(first, HpkeAead.Aes256Gcm)));
        Assert.NotNull(ring.Lend(Header(second, HpkeAead.Aes128Gcm)));
        Assert.Null(ring.Lend(Header(first, HpkeAead.Aes128Gcm)));
        Assert.Null(ring.Lend(Header(second, HpkeAead.Aes256Gcm)));
        Assert.Null(ring.Lend(Header((byte)(first ^ 0x80), HpkeAead.Aes256Gcm)));
    }

    [Fact]
    public void AFullMemoryOfRequestsEndsAGenerationEarly()
    {
        using KeyRing ring = Ring(3);
        KeyGeneration generation = ring.Current;
        byte keyId = generation.Configurations[0].KeyId;
        for (int i = 0; i < 3; i++)
        {
            using KeyLease lease = ring.Lend(Header(keyId, HpkeAead.Aes256Gcm))!;
            Assert.True(lease.TryRemember(ByteString.Sha256([(byte)i])));
            Assert.False(lease.TryRemember(ByteString.Sha256([(byte)i])));
        }

        Assert.Null(ring.Lend(Header(keyId, HpkeAead.Aes256Gcm)));
        Assert.NotSame(generation, ring.Current);
    }

    [Fact]
    public void AFullGenerationIsDestroyedAtOnceSoThatStrangersCannotFillTheGuest()
    {
        using KeyRing ring = Ring(1);
        KeyLease lease = ring.Lend(Header(ring.Current.Configurations[0].KeyId, HpkeAead.Aes256Gcm))!;
        Assert.True(lease.TryRemember(ByteString.Sha256("request"u8)));
        ring.Rotate();
        Assert.True(Works(lease.Key));
        lease.Dispose();
        Assert.False(Works(lease.Key));
    }

    [Fact]
    public void KeyIdsComeRoundWithoutMeetingALivingOne()
    {
        using KeyRing ring = Ring(100);
        for (int i = 0; i < 300; i++)
        {
            byte[] before = [.. ring.Current.Configurations.Select(key => key.KeyId)];
            _clock.Advance(KeyRing.Active);
            byte[] after = [.. ring.Current.Configurations.Select(key => key.KeyId)];
            Assert.Empty(before.Intersect(after));
            Assert.NotEqual(after[0], after[1]);
        }
    }

    private KeyRing Ring(int mostRequests) => new(_clock, new Telemetry(new Meters()), NullLogger<KeyRing>.Instance, mostRequests);

    private static bool Works(HpkePrivateKey key)
    {
        Assert.True(Hpke.TrySetupSender(HpkeAead.Aes256Gcm, key.PublicKey.Span, default, out HpkeContext? sender, out _));
        try
        {
            return Hpke.TrySetupReceiver(HpkeAead.Aes256Gcm, key, sender.Encapsulated.Span, default, out _, out _);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private static OhttpRequestHeader Header(byte keyId, HpkeAead aead)
    {
        byte[] bytes = [keyId, 0, 0x20, 0, 1, 0, (byte)aead, .. new byte[32]];
        Assert.True(OhttpRequestHeader.TryParse(bytes, out OhttpRequestHeader? header, out _));
        return header;
    }

    private sealed class Meters : System.Diagnostics.Metrics.IMeterFactory
    {
        public System.Diagnostics.Metrics.Meter Create(System.Diagnostics.Metrics.MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
