using System.Text;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Tests.Json;

/// <summary>Strict reading names the path of the first fault, with the reason that belongs to it.</summary>
public sealed class StrictJsonTests
{
    private const string Good = """{"text":"t","number":5,"flag":true,"hex":"00ff","b64":"AP8=","url":"AP8","texts":["a"],"numbers":[1,2],"objects":[{"name":"n"}],"child":{"any":[1]}}""";

    [Fact]
    public void AGoodDocumentIsRead()
    {
        Assert.True(TryRead(Good, out Sample? sample, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(("t", 5, true, "00ff"), (sample.Text, sample.Number, sample.Flag, sample.Hex.ToString()));
        Assert.Equal([0, 255], sample.Base64);
        Assert.Equal(["n"], sample.Names);
    }

    [Theory]
    [InlineData("\"text\":\"t\"", "\"text\":1", "text", RefusalReason.Malformed)]
    [InlineData("\"text\":\"t\"", "\"text\":null", "text", RefusalReason.Malformed)]
    [InlineData("\"text\":\"t\",", "", "text", RefusalReason.MissingMember)]
    [InlineData("\"text\":\"t\"", "\"text\":\"tttttttttt\"", "text", RefusalReason.TooLarge)]
    [InlineData("\"text\":\"t\"", "\"text\":\"\\ud800\"", "text", RefusalReason.Malformed)]
    [InlineData("\"text\":\"t\"", "\"\\udc00\":1,\"text\":\"t\"", "it", RefusalReason.Malformed)]
    [InlineData("\"text\":\"t\"", "\"text\":\"t\",\"text\":\"t\"", "text", RefusalReason.DuplicateMember)]
    [InlineData("\"text\":\"t\"", "\"text\":\"t\",\"te\\u0078t\":\"t\"", "text", RefusalReason.DuplicateMember)]
    [InlineData("\"text\":\"t\"", "\"text\":\"t\",\"more\":0", "more", RefusalReason.UnknownMember)]
    [InlineData("\"number\":5", "\"number\":5.5", "number", RefusalReason.Malformed)]
    [InlineData("\"number\":5", "\"number\":-1", "number", RefusalReason.Malformed)]
    [InlineData("\"number\":5", "\"number\":11", "number", RefusalReason.Malformed)]
    [InlineData("\"number\":5", "\"number\":99999999999999999999", "number", RefusalReason.Malformed)]
    [InlineData("\"number\":5", "\"number\":\"5\"", "number", RefusalReason.Malformed)]
    [InlineData("\"flag\":true", "\"flag\":1", "flag", RefusalReason.Malformed)]
    [InlineData("\"flag\":true,", "", "flag", RefusalReason.MissingMember)]
    [InlineData("00ff", "00FF", "hex", RefusalReason.Malformed)]
    [InlineData("00ff", "00f", "hex", RefusalReason.Malformed)]
    [InlineData("00ff", "00fx", "hex", RefusalReason.Malformed)]
    [InlineData("AP8=", "AP8", "b64", RefusalReason.Malformed)]
    [InlineData("AP8=", "AP9=", "b64", RefusalReason.Malformed)]
    [InlineData("AP8=", "A P8=", "b64", RefusalReason.Malformed)]
    [InlineData("\"url\":\"AP8\"", "\"url\":\"AP8=\"", "url", RefusalReason.Malformed)]
    [InlineData("\"url\":\"AP8\"", "\"url\":\"AP9\"", "url", RefusalReason.Malformed)]
    [InlineData("[\"a\"]", "[\"a\",1]", "texts[1]", RefusalReason.Malformed)]
    [InlineData("[\"a\"]", "[\"a\",\"aaaaaaaaaa\"]", "texts[1]", RefusalReason.Malformed)]
    [InlineData("[\"a\"]", "[\"a\",\"b\",\"c\"]", "texts", RefusalReason.TooLarge)]
    [InlineData("[\"a\"]", "\"a\"", "texts", RefusalReason.Malformed)]
    [InlineData("[1,2]", "[1,300]", "numbers[1]", RefusalReason.Malformed)]
    [InlineData("[{\"name\":\"n\"}]", "[{\"name\":\"n\"},{}]", "objects[1].name", RefusalReason.MissingMember)]
    [InlineData("[{\"name\":\"n\"}]", "[{\"name\":\"n\",\"x\":1}]", "objects[0].x", RefusalReason.UnknownMember)]
    [InlineData("[{\"name\":\"n\"}]", "[{\"name\":\"\"}]", "objects[0].name", RefusalReason.Malformed)]
    [InlineData("[{\"name\":\"n\"}]", "[7]", "objects[0]", RefusalReason.Malformed)]
    [InlineData("{\"any\":[1]}", "[]", "child", RefusalReason.Malformed)]
    [InlineData("{\"any\":[1]}", "{\"any\":[{\"a\":1,\"a\":2}]}", "child.any[0].a", RefusalReason.DuplicateMember)]
    public void AFaultIsToldWithItsPath(string part, string instead, string path, RefusalReason reason)
    {
        string json = Good.Replace(part, instead, StringComparison.Ordinal);
        Assert.NotEqual(Good, json);
        Assert.False(TryRead(json, out Sample? sample, out Refusal? refusal));
        Assert.Null(sample);
        Assert.Equal(reason, refusal.Reason);
        Assert.Contains(path == "it" ? ": it " : $"'{path}'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nul")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{/* c */}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("7")]
    public void WhatIsNoObjectIsRefused(string json)
    {
        Assert.False(TryRead(json, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Malformed, refusal.Reason);
    }

    [Fact]
    public void InvalidUtf8DepthAndLengthAreRefused()
    {
        Assert.False(StrictJson.TryRead<Sample>(new byte[] { 0x7B, 0xFF, 0x7D }, "sample", 10, Sample.Read, out _, out Refusal? refusal));
        Assert.Contains("UTF-8", refusal.Message, StringComparison.Ordinal);
        string deep = string.Concat(Enumerable.Repeat("{\"a\":", 40)) + "1" + new string('}', 40);
        Assert.False(TryRead(deep, out _, out refusal));
        Assert.Contains("deeper", refusal.Message, StringComparison.Ordinal);
        Assert.False(StrictJson.TryRead<Sample>(new byte[11], "sample", 10, Sample.Read, out _, out refusal));
        Assert.Equal(RefusalReason.TooLarge, refusal.Reason);
    }

    [Fact]
    public void AStrangersNamesAreShownShortAndPlain()
    {
        string name = "\\u001b[31m'é" + new string('n', 1000);
        Assert.False(TryRead($"{{\"{name}\":1,\"{name}\":2}}", out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.DuplicateMember, refusal.Reason);
        Assert.InRange(refusal.Message.Length, 64, 160);
        Assert.DoesNotContain(refusal.Message, c => c is < ' ' or > '~');
        Assert.False(TryRead($"{{\"{new string('x', 1000)}\":1}}", out _, out refusal));
        Assert.InRange(refusal.Message.Length, 20, 160);
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\":0}")]
    [InlineData("[\"\"]")]
    public void LongNamesAndListsCostNoMoreThanTheyAreLong(string entry)
    {
        string list = string.Join(',', Enumerable.Repeat(entry, 100_000));
        byte[] json = Encoding.UTF8.GetBytes($"{{\"{new string('n', 500_000)}\":[{list}]}}");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(StrictJson.TryRead<Sample>(json, "sample", json.Length, Sample.Read, out _, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 60L * json.Length);
    }

    [Fact]
    public void WhereTheStandardSaysSoUnknownMembersPass()
    {
        Assert.True(StrictJson.TryRead("""{"a":"x","b":1}"""u8.ToArray(), "sample", 100, given => given.IgnoreUnknown().Text("a"), out string? text, out _));
        Assert.Equal("x", text);
    }

    private static bool TryRead(string json, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Sample? sample,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(Encoding.UTF8.GetBytes(json), "sample", 4096, Sample.Read, out sample, out refusal);

    private sealed record Sample(string Text, long Number, bool Flag, ByteString Hex, byte[] Base64, IReadOnlyList<string> Names)
    {
        public static Sample Read(StrictObject given)
        {
            _ = given.Base64Url("url", 4);
            _ = given.Texts("texts", 2, 5);
            _ = given.Numbers("numbers", 5, 0, 255);
            _ = given.Child("child").Any("any");
            return new(given.Text("text", 5), given.Number("number", 0, 10), given.Flag("flag"), given.Hex("hex", 2), given.Base64("b64", 4),
                given.Objects("objects", 3, entry => entry.Name("name")));
        }
    }
}
