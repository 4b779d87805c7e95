using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Protocol.Tests.Binding;

/// <summary>What hardware signs for clients, and the documents around it.</summary>
public sealed class BindingTests
{
    private static readonly Keyset s_keyset = new()
    {
        NotAfter = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000),
        Replica = "pod/uid",
        Model = new("triage-notes", ByteString.Sha256("m"u8), 3),
        PolicySha256 = ByteString.Sha256("p"u8),
        InitDataSha256 = ByteString.Sha256("i"u8),
        SealingKeys = [new("ohttp", 1, 32, 1, 2, new ByteString(new byte[32]))],
        TlsSpkiSha256 = [ByteString.Sha256("t"u8)],
        ReceiptKey = new ByteString([1, 2]),
    };

    [Fact]
    public void TheConstructionIsThatOfTheVector()
    {
        // Computed independently under another label; ours differs in the label only.
        byte[] keyset = """{"e2ee":[{"aead":2,"kdf":1,"kem":32,"kid":1,"pub":"07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c","use":"ohttp"}],"not_after":1800000000,"purpose":"cmd.keyset.v1"}"""u8.ToArray();
        Assert.Equal("62d613784e9ed1ad283d4bdbbf2e22f4d783b4c5f09e64f0d552ac3a74bd915e", Convert.ToHexStringLower(SHA256.HashData(keyset)));
        byte[] nonce = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];
        byte[] expected = SHA256.HashData([.. "confidential-operator.dev/report-data/v1"u8, 0, .. nonce, .. SHA256.HashData(keyset), .. SHA256.HashData("[]"u8)]);
        ByteString data = ReportBinding.ForClient(nonce, keyset, ReportBinding.NoDevices);
        Assert.Equal(Convert.ToHexStringLower(expected) + new string('0', 64), data.ToString());
    }

    [Fact]
    public void EveryPartCounts()
    {
        byte[] nonce = new byte[32];
        ByteString data = ReportBinding.ForClient(nonce, "k"u8, "[]"u8);
        Assert.NotEqual(data, ReportBinding.ForClient([.. nonce[..31], 1], "k"u8, "[]"u8));
        Assert.NotEqual(data, ReportBinding.ForClient(nonce, "K"u8, "[]"u8));
        Assert.NotEqual(data, ReportBinding.ForClient(nonce, "k"u8, "[ ]"u8));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReportBinding.ForClient(new byte[31], "k"u8, "[]"u8));
    }

    [Fact]
    public void AKeysetComesBack()
    {
        byte[] json = s_keyset.ToJson();
        Assert.True(Keyset.TryParse(json, out Keyset? read, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(json, read.ToJson());
        Assert.Equal(s_keyset.SealingKeys, read.SealingKeys);
        Assert.True(Keyset.TryParse((s_keyset with { PolicySha256 = null }).ToJson(), out read, out _));
        Assert.Null(read.PolicySha256);
    }

    [Theory]
    [InlineData("purpose", "\"confidential-operator.dev/keyset/v2\"", "purpose")]
    [InlineData("not_after", "0", "not_after")]
    [InlineData("model", "{\"name\":\"a\"}", "model.manifest_sha256")]
    [InlineData("policy_sha256", "\"00\"", "policy_sha256")]
    [InlineData("initdata_sha256", "\"\"", "initdata_sha256")]
    [InlineData("e2ee", "[{\"use\":\"ohttp\",\"kid\":256,\"kem\":32,\"kdf\":1,\"aead\":2,\"pub\":\"00\"}]", "e2ee[0].kid")]
    [InlineData("e2ee", "[{\"use\":\"ohttp\",\"kid\":1,\"kem\":32,\"kdf\":1,\"aead\":2,\"pub\":\"\"}]", "e2ee[0].pub")]
    [InlineData("tls_spki_sha256", "[\"zz\"]", "tls_spki_sha256[0]")]
    [InlineData("extra", "1", "extra")]
    public void AWrongKeysetIsRefusedWithItsPath(string member, string value, string path)
    {
        JsonObject keyset = JsonNode.Parse(s_keyset.ToJson())!.AsObject();
        keyset[member] = JsonNode.Parse(value);
        Assert.False(Keyset.TryParse(Encoding.UTF8.GetBytes(keyset.ToJsonString()), out _, out Refusal? refusal));
        Assert.Contains($"'{path}'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADocumentComesBack()
    {
        var document = new AttestationDocument
        {
            Tee = TeeKind.Snp,
            Nonce = new ByteString(new byte[32]),
            CpuEvidence = new ByteString("{}"u8),
            Keyset = new ByteString(s_keyset.ToJson()),
            DeviceEvidence = new ByteString(ReportBinding.NoDevices),
            Collateral = [new("vcek", new ByteString([1, 2, 3]))],
        };
        Assert.True(AttestationDocument.TryParse(document.ToJson(), out AttestationDocument? read, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(document with { Collateral = [] }, read with { Collateral = [] });
        Assert.Equal(document.Collateral, read.Collateral);
        JsonObject wrong = JsonNode.Parse(document.ToJson())!.AsObject();
        wrong["nonce"] = "00";
        Assert.False(AttestationDocument.TryParse(Encoding.UTF8.GetBytes(wrong.ToJsonString()), out _, out refusal));
        Assert.Contains("'nonce'", refusal.Message, StringComparison.Ordinal);
    }
}
