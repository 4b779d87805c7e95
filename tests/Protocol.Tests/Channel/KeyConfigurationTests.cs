using ConfidentialOperator.Protocol.Channel;
using static ConfidentialOperator.Protocol.Tests.Channel.Vectors;

namespace ConfidentialOperator.Protocol.Tests.Channel;

/// <summary>Lists of key configurations and bare ones are told apart, and what is not known is passed over.</summary>
public sealed class KeyConfigurationTests
{
    private const string Bare = "01002007a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c00080001000200010001";

    [Fact]
    public void AListComesBack()
    {
        using HpkePrivateKey first = HpkePrivateKey.Generate();
        using HpkePrivateKey second = HpkePrivateKey.Generate();
        KeyConfiguration[] written = [new(7, first.PublicKey, [HpkeAead.Aes256Gcm]), new(8, second.PublicKey, [HpkeAead.Aes128Gcm, HpkeAead.Aes256Gcm])];
        Assert.True(KeyConfiguration.TryParse(KeyConfiguration.EncodeList(written), out IReadOnlyList<KeyConfiguration>? read, out _));
        Assert.Equal(written.Select(key => (key.KeyId, key.PublicKey)), read.Select(key => (key.KeyId, key.PublicKey)));
        Assert.Equal(written.SelectMany(key => key.Aeads), read.SelectMany(key => key.Aeads));
    }

    [Fact]
    public void ABareConfigurationIsNotTakenForAList()
    {
        Assert.True(KeyConfiguration.TryParse(Hex(Bare), out IReadOnlyList<KeyConfiguration>? bare, out _));
        Assert.True(KeyConfiguration.TryParse([0, (byte)(Bare.Length / 2), .. Hex(Bare)], out IReadOnlyList<KeyConfiguration>? list, out _));
        Assert.Equal(Assert.Single(bare).PublicKey, Assert.Single(list).PublicKey);
        Assert.Equal([HpkeAead.Aes256Gcm, HpkeAead.Aes128Gcm], list[0].Aeads);
    }

    [Fact]
    public void TheNameIsTheBeginningOfTheHash()
    {
        Assert.True(KeyConfiguration.TryParse(Hex(Bare), out IReadOnlyList<KeyConfiguration>? keys, out _));
        Assert.Equal(ByteString.Sha256(keys[0].PublicKey.Span).ToString()[..16], keys[0].KeyName);
    }

    [Fact]
    public void OtherKemsAndSuitesArePassedOver()
    {
        byte[] known = Hex(Bare);
        byte[] p256 = [9, 0, 0x10, .. new byte[65], 0, 4, 0, 1, 0, 1];
        byte[] list = [0, (byte)p256.Length, .. p256, 0, (byte)known.Length, .. known];
        Assert.True(KeyConfiguration.TryParse(list, out IReadOnlyList<KeyConfiguration>? read, out _));
        Assert.Equal(1, Assert.Single(read).KeyId);
        byte[] unknown = [.. known];
        unknown[^1] = unknown[^5] = 9;
        Assert.False(KeyConfiguration.TryParse(unknown, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Unsupported, refusal.Reason);
    }

    [Fact]
    public void NothingIsUnsupported()
    {
        Assert.False(KeyConfiguration.TryParse([], out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Unsupported, refusal.Reason);
    }

    [Fact]
    public void CutAndLongerListsAreRefused()
    {
        byte[] list = [0, (byte)(Bare.Length / 2), .. Hex(Bare)];
        for (int length = 1; length < list.Length; length++)
        {
            Assert.False(KeyConfiguration.TryParse(list.AsSpan(0, length), out _, out Refusal? refusal));
            Assert.True(refusal.Reason is RefusalReason.Malformed or RefusalReason.Unsupported, refusal.Reason.ToString());
        }

        Assert.False(KeyConfiguration.TryParse([.. list, 0], out _, out _));
        Assert.False(KeyConfiguration.TryParse(new byte[KeyConfiguration.LongestList + 1], out _, out Refusal? tooLarge));
        Assert.Equal(RefusalReason.TooLarge, tooLarge.Reason);
    }
}
