using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConfidentialOperator.Protocol.Access;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Protocol.Json;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Protocol.Secrets;
using ConfidentialOperator.Protocol.Tests.Channel;
using ConfidentialOperator.Protocol.Tests.Running;

namespace ConfidentialOperator.Protocol.Tests.Documents;

/// <summary>The examples in <c>docs/protocol</c> are real: they are read, opened and computed again.</summary>
public sealed partial class DocumentExampleTests
{
    private const string ManifestDigest = "6a0cfd2ee73a1aed0c2a7e8aa1f4d35800ed16e25c0715126324be468b0374a8";

    [Fact]
    public void TheManifestHasItsDigestAndItsKey()
    {
        byte[] manifest = Canonical(Blocks("sealed-model.md", "json")[0]);
        Assert.Equal(ManifestDigest, ByteString.Sha256(manifest).ToString());
        Assert.Contains(ManifestDigest, Page("sealed-model.md"), StringComparison.Ordinal);
        Assert.True(ModelManifest.TryParse(manifest, out ModelManifest? read, out Refusal? refusal), refusal?.ToString());
        using SecretKey key = SecretKey.MoveFrom(Vectors.Range(0, 32));
        Assert.True(read.IsKey(key));
    }

    [Fact]
    public void TheSealedFileOpens()
    {
        Assert.True(ModelManifest.TryParse(Canonical(Blocks("sealed-model.md", "json")[0]), out ModelManifest? manifest, out _));
        byte[] bytes = Hex(Blocks("sealed-model.md", "")[2]);
        SealedFileEntry entry = manifest.Find("config.json")!;
        Assert.Equal((entry.SealedSize, entry.Sha256), (bytes.Length, ByteString.Sha256(bytes)));
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["config.json.sealed"], bytes);
        using SecretKey key = SecretKey.MoveFrom(Vectors.Range(0, 32));
        Assert.True(SealedFileReader.TryOpen(folder["config.json.sealed"], manifest.Layout(entry), key, out SealedFileReader? file, out Refusal? refusal), refusal?.ToString());
        using (file)
        {
            Assert.True(file.TryReadAll(100, out byte[]? content, out refusal), refusal?.ToString());
            Assert.Equal("{\"model_type\":\"x\"}", Encoding.UTF8.GetString(content));
        }
    }

    [Fact]
    public void ThePolicyIsRead()
    {
        byte[] policy = Canonical(Blocks("trust-policy.md", "json")[0]);
        Assert.True(TrustPolicy.TryParse(policy, out TrustPolicy? read, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(policy, read.ToJson());
        Assert.Equal(ManifestDigest, read.ManifestDigests[0].ToString());
        Assert.Equal(["mitigations", "chips", "providers", "idKeyDigests", "authorKeyDigests", "familyIds", "imageIds", "minimumGuestSvn"], read.Waivers.Select(waiver => waiver.Check));
    }

    [Fact]
    public void TheCallersKeyIsInTheList()
    {
        byte[] list = Canonical(Blocks("caller-list.md", "json")[0]);
        Assert.True(CallerList.TryParse(list, out CallerList? read, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(list, read.ToJson());
        Assert.True(CallerKey.TryHash(KeyText().Match(Page("caller-list.md")).Value, out ByteString? key));
        Assert.Equal("night-shift", read.Find(key)?.Name);
    }

    [Fact]
    public void TheReportDataIsThatOfTheKey()
    {
        string page = Page("key-release.md");
        Assert.True(TeePublicKey.TryParse(Encoding.UTF8.GetBytes(Blocks("key-release.md", "json")[0]), out TeePublicKey? key, out Refusal? refusal), refusal?.ToString());
        string data = KbsReportData.ForCpu("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", key, "").ToString();
        Assert.Contains($"{data[..96]} {data[96..]}", page, StringComparison.Ordinal);
        Assert.Contains(ManifestDigest, Blocks("key-release.md", "json")[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheSealedRequestIsThatOfTheKeys()
    {
        string[] lines = Blocks("channel.md", "")[^1].Split('\n');
        int http = Array.FindIndex(lines, line => line.StartsWith("binary HTTP", StringComparison.Ordinal));
        int request = Array.FindIndex(lines, line => line.StartsWith("request", StringComparison.Ordinal));
        using HpkePrivateKey receiver = HpkePrivateKey.Import(Vectors.Range(1, 32));
        using HpkePrivateKey ephemeral = HpkePrivateKey.Import(Vectors.Range(0x21, 32));
        KeyConfiguration configuration = Vectors.Configuration(receiver, HpkeAead.Aes256Gcm, HpkeAead.Aes128Gcm);
        Assert.Equal(configuration.Encode(), Hex(lines[0]["configuration".Length..]));
        using ClientExchange client = Vectors.Begin(configuration, HpkeAead.Aes256Gcm, SealedFormat.Chunked, ephemeral);
        using var output = new MemoryStream();
        byte[] plain = Hex(string.Concat(lines[http..request])["binary HTTP".Length..]);
        byte[] written = await Vectors.SealAsync(client.BeginRequest(output), output, plain);
        Assert.Equal(Convert.ToHexStringLower(written), Convert.ToHexStringLower(Hex(string.Concat(lines[request..])["request".Length..])));
    }

    [Fact]
    public void TheLimitsOnThePageAreTheLimits()
    {
        string page = Page("channel.md");
        BinaryHttpLimits limits = BinaryHttpLimits.Default;
        Assert.Contains($"| {limits.ControlBytes / 1024} KiB each |", page, StringComparison.Ordinal);
        Assert.Contains($"| {limits.HeaderBytes / 1024} KiB, {limits.HeaderCount} fields |", page, StringComparison.Ordinal);
        Assert.Contains($"| content | {limits.BodyBytes / 1024 / 1024} MiB |", page, StringComparison.Ordinal);
        Assert.Contains($"| padding | {limits.PaddingBytes / 1024 / 1024} MiB |", page, StringComparison.Ordinal);
        Assert.Contains($"we write {Ohttp.ChunkSize} at most and read {Ohttp.LongestChunk}", page.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sealed-model.md")]
    [InlineData("trust-policy.md")]
    [InlineData("caller-list.md")]
    [InlineData("key-release.md")]
    [InlineData("channel.md")]
    public void EveryReasonOnAPageExists(string page)
    {
        string table = Page(page)[(Page(page).IndexOf("| reason |", StringComparison.Ordinal) is var at && at < 0 ? 0 : at)..];
        IEnumerable<string> unknown = ReasonCell().Matches(table).SelectMany(row => Name().Matches(row.Groups[1].Value).Select(match => match.Groups[1].Value))
            .Where(name => !Enum.TryParse<RefusalReason>(name, out _));
        Assert.Empty(unknown);
    }

    private static byte[] Canonical(string json) => CanonicalJson.Serialize(JsonNode.Parse(json)!);

    private static byte[] Hex(string text) => Convert.FromHexString(string.Concat(text.Where(char.IsAsciiHexDigit)));

    private static string[] Blocks(string page, string language) =>
        [.. Block().Matches(Page(page)).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value.TrimEnd('\n'))];

    private static string Page(string name) => File.ReadAllText(Path.Combine(Repository.Root, "docs", "protocol", name)).ReplaceLineEndings("\n");

    [GeneratedRegex("^```([a-z]*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("cfm_[A-Za-z0-9_-]{43}")]
    private static partial Regex KeyText();

    [GeneratedRegex(@"^\|.*\|([^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex ReasonCell();

    [GeneratedRegex("`([A-Z][A-Za-z]+)`")]
    private static partial Regex Name();
}
