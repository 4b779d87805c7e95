using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Protocol.Secrets;
using static ConfidentialOperator.Protocol.Tests.Channel.Vectors;

namespace ConfidentialOperator.Protocol.Tests.Channel;

/// <summary>RFC 9180 appendix A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode.</summary>
public sealed class HpkeVectorTests
{
    private const string Ephemeral = "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736";
    private const string Receiver = "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8";
    private const string ReceiverPublic = "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d";
    private const string Info = "4f6465206f6e2061204772656369616e2055726e";
    private const string Encapsulated = "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431";
    private const string Plaintext = "4265617574792069732074727574682c20747275746820626561757479";
    private const string First = "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a";

    [Fact]
    public void TheSenderWritesTheVector()
    {
        using HpkePrivateKey ephemeral = Key(Ephemeral);
        Assert.True(Hpke.TrySetupSender(HpkeAead.Aes128Gcm, Hex(ReceiverPublic), Hex(Info), ephemeral, out HpkeContext? context, out _));
        using (context)
        {
            Assert.Equal(Encapsulated, context.Encapsulated.ToString());
            Assert.Equal(First, Convert.ToHexStringLower(context.Seal(Hex(Plaintext), "Count-0"u8)));
            Assert.NotEqual(First, Convert.ToHexStringLower(context.Seal(Hex(Plaintext), "Count-0"u8)));
        }
    }

    [Fact]
    public void TheReceiverOpensTheVector()
    {
        using HpkePrivateKey receiver = Key(Receiver);
        Assert.Equal(ReceiverPublic, receiver.PublicKey.ToString());
        Assert.True(Hpke.TrySetupReceiver(HpkeAead.Aes128Gcm, receiver, Hex(Encapsulated), Hex(Info), out HpkeContext? context, out _));
        using (context)
        {
            byte[] plaintext = new byte[Plaintext.Length / 2];
            Assert.False(context.TryOpen(Hex(First), "Count-1"u8, plaintext));
            Assert.All(plaintext, value => Assert.Equal(0, value));
            Assert.True(context.TryOpen(Hex(First), "Count-0"u8, plaintext));
            Assert.Equal(Plaintext, Convert.ToHexStringLower(plaintext));
            Assert.False(context.TryOpen(Hex(First), "Count-0"u8, plaintext));
        }
    }

    [Theory]
    [InlineData("", "3853fe2b4035195a573ffc53856e77058e15d9ea064de3e59f4961d0095250ee")]
    [InlineData("00", "2e8f0b54673c7029649d4eb9d5e33bf1872cf76d623ff164ac185da9e88c21a5")]
    [InlineData("54657374436f6e74657874", "e9e43065102c3836401bed8c3c3c75ae46be1639869391d62c61f1ec7af54931")]
    public void ExportedSecretsAreThoseOfTheVector(string exporterContext, string expected)
    {
        using HpkePrivateKey receiver = Key(Receiver);
        Assert.True(Hpke.TrySetupReceiver(HpkeAead.Aes128Gcm, receiver, Hex(Encapsulated), Hex(Info), out HpkeContext? context, out _));
        using (context)
        using (SecretKey secret = context.Export(Hex(exporterContext), 32))
        {
            Assert.Equal(expected, Convert.ToHexStringLower(secret.Span));
        }
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("00")]
    [InlineData("")]
    public void PointsOfSmallOrderAndOtherLengthsAreRefused(string point)
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        Assert.False(Hpke.TrySetupReceiver(HpkeAead.Aes128Gcm, key, Hex(point), [], out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.RequestNotAuthentic, refusal.Reason);
        Assert.False(Hpke.TrySetupSender(HpkeAead.Aes128Gcm, Hex(point), [], out _, out refusal));
        Assert.Equal(RefusalReason.Malformed, refusal.Reason);
    }

    [Fact]
    public void AnUnknownAeadIsRefused()
    {
        using HpkePrivateKey key = HpkePrivateKey.Generate();
        Assert.False(Hpke.TrySetupSender((HpkeAead)0xFFFF, key.PublicKey.Span, [], out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Unsupported, refusal.Reason);
    }
}
