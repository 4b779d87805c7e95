namespace ConfidentialOperator.Protocol.Tests;

/// <summary>Bytes that are copied in, compared in constant time and printed as hex.</summary>
public sealed class ByteStringTests
{
    [Fact]
    public void ItKeepsItsOwnCopy()
    {
        byte[] source = [1, 2, 3];
        var bytes = new ByteString(source);
        source[0] = 9;
        byte[] copy = bytes.ToArray();
        copy[1] = 9;
        Assert.Equal("010203", bytes.ToString());
        Assert.Equal(3, bytes.Length);
    }

    [Fact]
    public void EqualityIsThatOfTheBytes()
    {
        var one = new ByteString([1, 2]);
        var same = new ByteString([1, 2]);
        Assert.True(one == same && one.Equals((object)same) && one.GetHashCode() == same.GetHashCode() && one.Equals([1, 2]));
        Assert.True(one != new ByteString([1, 3]) && one != new ByteString([1]) && one != null && null != one);
        Assert.False(one.Equals([1]));
        Assert.True(((ByteString?)null) == null);
        Assert.Equal(ByteString.Empty, new ByteString([]));
    }

    [Theory]
    [InlineData("00ff", 2, true)]
    [InlineData("00FF", 2, true)]
    [InlineData("00ff", 3, false)]
    [InlineData("00f", 2, false)]
    [InlineData("00fg", 2, false)]
    [InlineData("", 0, true)]
    [InlineData(null, 0, false)]
    public void HexIsReadWhole(string? hex, int length, bool good)
    {
        Assert.Equal(good, ByteString.TryFromHex(hex, length, out ByteString? value));
        Assert.Equal(good ? hex!.ToLowerInvariant() : null, value?.ToString());
    }

    [Fact]
    public void TheHashIsSha256() => Assert.Equal(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", ByteString.Sha256("abc"u8).ToString());
}
