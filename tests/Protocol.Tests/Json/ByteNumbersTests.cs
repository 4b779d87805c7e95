using System.Text;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Tests.Json;

public sealed class ByteNumbersTests
{
    [Theory]
    [InlineData("[]", "")]
    [InlineData("[0,255, 7 ]", "00ff07")]
    public void AListOfNumbersIsBytes(string list, string hex)
    {
        (byte[]? bytes, Refusal? refusal) = Read(list);
        Assert.Null(refusal);
        Assert.Equal(hex, Convert.ToHexStringLower(bytes!));
    }

    [Theory]
    [InlineData("[1,256]", RefusalReason.Malformed, "'bytes[1]'")]
    [InlineData("[-1]", RefusalReason.Malformed, "'bytes[0]'")]
    [InlineData("[1.5]", RefusalReason.Malformed, "'bytes[0]'")]
    [InlineData("[1e1]", RefusalReason.Malformed, "'bytes[0]'")]
    [InlineData("[1,\"2\"]", RefusalReason.Malformed, "'bytes[1]'")]
    [InlineData("[[1]]", RefusalReason.Malformed, "'bytes[0]'")]
    [InlineData("[null]", RefusalReason.Malformed, "'bytes[0]'")]
    [InlineData("{\"0\":1}", RefusalReason.Malformed, "'bytes'")]
    [InlineData("\"AQ==\"", RefusalReason.Malformed, "'bytes'")]
    [InlineData("[1,2,3,4,5]", RefusalReason.TooLarge, "'bytes'")]
    [InlineData("[\"\\ud800\"]", RefusalReason.Malformed, "'bytes[0]'")]
    public void AnythingElseIsRefusedWithItsPlace(string list, RefusalReason reason, string place)
    {
        (_, Refusal? refusal) = Read(list);
        Assert.Equal(reason, refusal!.Reason);
        Assert.Contains(place, refusal.Message, StringComparison.Ordinal);
    }

    private static (byte[]? Bytes, Refusal? Refusal) Read(string list)
    {
        StrictJson.TryRead(Encoding.UTF8.GetBytes($$"""{"bytes":{{list}}}"""), "document", 1024, given => given.ByteNumbers("bytes", 4), out byte[]? bytes, out Refusal? refusal);
        return (bytes, refusal);
    }
}
