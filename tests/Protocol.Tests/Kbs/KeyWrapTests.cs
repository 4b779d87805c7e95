using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.Protocol.Tests.Kbs;

/// <summary>RFC 3394 sections 4.1 to 4.6.</summary>
public sealed class KeyWrapTests
{
    private const string Kek = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F";
    private const string Data = "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F";

    [Theory]
    [InlineData(16, 16, "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5")]
    [InlineData(24, 16, "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D")]
    [InlineData(32, 16, "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7")]
    [InlineData(24, 24, "031D33264E15D33268F24EC260743EDCE1C6C7DDEE725A936BA814915C6762D2")]
    [InlineData(32, 24, "A8F9BC1612C68B3FF6E6F4FBE30E71E4769C8B80A32CB8958CD5D17D6B254DA1")]
    [InlineData(32, 32, "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21")]
    public void AKeyIsWrappedAsTheRfcSays(int kek, int data, string expected)
    {
        byte[] wrapping = Convert.FromHexString(Kek[..(2 * kek)]);
        byte[] key = Convert.FromHexString(data == 24 ? "00112233445566778899AABBCCDDEEFF0001020304050607" : Data[..(2 * data)]);
        byte[] wrapped = KeyWrap.Wrap(wrapping, key);
        Assert.Equal(expected, Convert.ToHexString(wrapped));
        Assert.Equal(key, KeyWrap.Unwrap(wrapping, wrapped));
    }

    [Fact]
    public void EveryChangedBitIsRefused()
    {
        byte[] wrapping = Convert.FromHexString(Kek);
        byte[] wrapped = KeyWrap.Wrap(wrapping, Convert.FromHexString(Data));
        for (int bit = 0; bit < wrapped.Length * 8; bit++)
        {
            wrapped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(KeyWrap.Unwrap(wrapping, wrapped));
            wrapped[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(39)]
    public void OtherLengthsAreRefused(int length) => Assert.Null(KeyWrap.Unwrap(Convert.FromHexString(Kek), new byte[length]));
}
