using System.Text;
using System.Text.Json;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Tests.Json;

public sealed class ByteListTests
{
    [Theory]
    [InlineData("[]", -1)]
    [InlineData("[0]", -1)]
    [InlineData("[ 0 , 255\n,\t7 ]", -1)]
    [InlineData("[0,256]", 1)]
    [InlineData("[0,1000]", 1)]
    [InlineData("[-1]", 0)]
    [InlineData("[-0]", 0)]
    [InlineData("[1.0]", 0)]
    [InlineData("[1e1]", 0)]
    [InlineData("[1,\"2\"]", 1)]
    [InlineData("[1,[2]]", 1)]
    [InlineData("[1,{}]", 1)]
    [InlineData("[1,null,3]", 1)]
    [InlineData("[true]", 0)]
    public void OnlyPlainDigitsUpTo255AreBytes(string text, int wrong)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        byte[] bytes = new byte[document.RootElement.GetArrayLength()];
        Assert.Equal(wrong, ByteList.Read(Encoding.UTF8.GetBytes(text), bytes));
        Assert.True(wrong >= 0 || bytes.Select(value => (int)value).SequenceEqual(document.RootElement.EnumerateArray().Select(entry => entry.GetInt32())));
    }

    [Fact]
    public void EveryByteIsReadAsItIsWritten()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        byte[] read = new byte[256];
        Assert.Equal(-1, ByteList.Read(Encoding.UTF8.GetBytes($"[{string.Join(',', all)}]"), read));
        Assert.Equal(all, read);
    }
}
