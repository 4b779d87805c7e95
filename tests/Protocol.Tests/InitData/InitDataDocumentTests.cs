using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Protocol.InitData;

namespace ConfidentialOperator.Protocol.Tests.InitData;

/// <summary>Initdata: the digests that hardware reports, the annotation, and the part of TOML that is read.</summary>
public sealed class InitDataDocumentTests
{
    private const string Head = "algorithm = \"sha256\"\nversion = \"0.1.0\"\n\n[data]\n";
    private const string KataAnnotation = "H4sIAFlC92cAAytLLSrOzM9TsFVQMtAz1DNQ4krMSc8vyizJyAWJFWckGpmaKXFFpySWJMZyKSUm6pXk5+YoAeXU1dW5QJhLKTklA4toQX5OZnKlXlFqej6yBABS/5JkcQAAAA==";

    [Fact]
    public void TheAnnotationOfKatasTestHasItsDigest()
    {
        Assert.True(InitDataDocument.TryFromAnnotation(KataAnnotation, out InitDataDocument? document, out Refusal? refusal), refusal?.ToString());
        Assert.Equal("c6694bb7a29d6f37ec72a15582e004b9f3142159682db8509a304407419a49e5", document.Digest.ToString());
        Assert.Equal(113, document.Text.Length);
        Assert.Equal(document.Digest, document.HostData);
    }

    [Fact]
    public void WhatIsWrittenIsRead()
    {
        var files = new Dictionary<string, string>
        {
            ["b.toml"] = "x = '''\n",
            ["a.json"] = "{\"a\":\"\\\\\"}",
            ["c"] = "",
            ["d"] = "ends with '",
            ["e\"\\\n"] = "carriage\rreturn \u0001 \u007f é 😀",
        };
        InitDataDocument written = InitDataDocument.Create(files);
        Assert.True(InitDataDocument.TryParse(written.Text, out InitDataDocument? read, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(files.OrderBy(file => file.Key, StringComparer.Ordinal), read.Files.OrderBy(file => file.Key, StringComparer.Ordinal));
        Assert.Equal(written.Digest, read.Digest);
        Assert.True(InitDataDocument.TryFromAnnotation(written.ToAnnotation(), out InitDataDocument? unpacked, out _));
        Assert.Equal(written.Text, unpacked.Text);
        Assert.Equal(written.ToAnnotation(), InitDataDocument.Create(files.Reverse().ToDictionary()).ToAnnotation());
    }

    [Theory]
    [InlineData("sha256", 32)]
    [InlineData("sha384", 48)]
    [InlineData("sha512", 64)]
    public void HostDataIsTheDigestCutTo32Bytes(string algorithm, int length)
    {
        string text = Head.Replace("sha256", algorithm, StringComparison.Ordinal) + "\"a\" = 'b'\n";
        Assert.True(InitDataDocument.TryParse(text, out InitDataDocument? document, out _));
        Assert.Equal(length, document.Digest.Length);
        Assert.Equal(document.Digest.Span[..32].ToArray(), document.HostData.ToArray());
        Assert.Equal(SHA256.HashData(Encoding.UTF8.GetBytes(text)), document.Sha256.ToArray());
    }

    [Theory]
    [InlineData("\"model.json\" = '''\n{}'''\n", "{}")]
    [InlineData("\"model.json\" = '''\r\n{}'''\n", "{}")]
    [InlineData("\"model.json\" = '''{}'''", "{}")]
    [InlineData("'model.json' = '{}'\n", "{}")]
    [InlineData("\"model.json\" = \"{\\\"a\\\":\\\"\\\\\\\\\\\"}\"\n", "{\"a\":\"\\\\\"}")]
    [InlineData("\"aa.toml\" = '''\n\"model.json\" = 'not this'\n'''\n\"model.json\" = 'this'\n", "this")]
    [InlineData("\"model.json\" = \"\"\"a\\\n   b\"\"\"", "ab")]
    [InlineData("\"model.json\" = \"\"\"a\"b\"\"\"\"\"", "a\"b\"\"")]
    [InlineData("\"model.json\" = '''a'''''\n", "a''")]
    [InlineData("\"model.json\" = \"a\\u0041\\U0001F600\" # comment\n", "aA😀")]
    [InlineData("# comment\n\n\t\"model.json\"\t=\t'x'", "x")]
    public void AFileIsFound(string data, string expected)
    {
        Assert.True(InitDataDocument.TryParse(Head + data, out InitDataDocument? document, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(expected, document.Files["model.json"]);
    }

    [Theory]
    [InlineData("\"a\" = 'a'\n\"a\" = 'b'\n", "twice")]
    [InlineData("\"a\" = 'a'\n'a' = 'b'\n", "twice")]
    [InlineData("\"a\" = '''a\n", "line 6")]
    [InlineData("\"a\" = 'a\n'\n", "line 5")]
    [InlineData("\"a\" = 1\n", "text")]
    [InlineData("\"a\" = ['a']\n", "text")]
    [InlineData("\"a\" = 'a' 'b'\n", "ends its line")]
    [InlineData("\"a\" = '''a''''''\n", "ends its line")]
    [InlineData("\"a\" = \"\\x41\"\n", "text")]
    [InlineData("\"a\" = \"\\ud800\"\n", "text")]
    [InlineData("\"a\" = \"\\U00110000\"\n", "text")]
    [InlineData("\"a\" = \"\u0001\"\n", "text")]
    [InlineData("a.b = 'a'\n", "'='")]
    [InlineData("= 'a'\n", "'='")]
    [InlineData("[other]\n\"a\" = 'a'\n", "[data]")]
    [InlineData("\"a\" = 'a'\n[data]\n", "[data]")]
    public void WhatIsNotReadIsRefusedWithItsLine(string data, string words)
    {
        Assert.False(InitDataDocument.TryParse(Head + data, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Malformed, refusal.Reason);
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version = \"0.2.0\"\nalgorithm = \"sha256\"\n[data]\n")]
    [InlineData("version = \"0.1.0\"\nalgorithm = \"md5\"\n[data]\n")]
    [InlineData("version = \"0.1.0\"\n[data]\n")]
    [InlineData("version = \"0.1.0\"\nalgorithm = \"sha256\"\nmore = \"x\"\n[data]\n")]
    public void OtherHeadsAreUnsupported(string text)
    {
        Assert.False(InitDataDocument.TryParse(text, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Unsupported, refusal.Reason);
    }

    [Fact]
    public void MegabytesOfQuotesTakeNoTime()
    {
        string[] texts =
        [
            Head + string.Concat(Enumerable.Repeat("\"model.json\" = '''\n", 50_000)),
            Head + "\"a\" = ''''''" + new string('\'', 900_000),
            Head + "\"a\" = \"\"\"\"\"\"" + new string('"', 900_000),
            Head + "\"a\" = \"\"\"" + new string('\\', 900_000),
        ];
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Assert.All(texts, text => Assert.False(InitDataDocument.TryParse(text, out _, out _)));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 100L * 1024 * 1024, "what is allocated must stay near what was sent");
    }

    [Fact]
    public void AnnotationsThatUnpackToTooMuchAreRefused()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(new byte[64 * 1024 * 1024]);
        }

        string[] annotations = [Convert.ToBase64String(packed.ToArray()), "", "!", Convert.ToBase64String([1, 2, 3]), KataAnnotation[..40], new string('A', 300_000)];
        Assert.All(annotations, annotation => Assert.False(InitDataDocument.TryFromAnnotation(annotation, out _, out _)));
        Assert.False(InitDataDocument.TryParse(new string('#', InitDataDocument.LongestText + 1), out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.TooLarge, refusal.Reason);
    }
}
