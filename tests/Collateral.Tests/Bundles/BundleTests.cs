using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.CollateralSupply.Bundles;
using ConfidentialOperator.CollateralSupply.Requests;
using ConfidentialOperator.CollateralSupply.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.CollateralSupply.Tests.Bundles;

public sealed class BundleTests : IDisposable
{
    private static readonly CollateralRequest s_list = AmdRequests.RevocationList(SnpProduct.Milan);
    private static readonly CollateralItem s_item = new(CollateralKinds.Crl, new ByteString([1, 2, 3]), s_list.Name, "https://kds.example/x", DateTimeOffset.FromUnixTimeSeconds(1_773_700_000));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bundle.json")]
    [InlineData("bundle/")]
    public async Task ABundleReadsBackAsItWasWritten(string name)
    {
        var other = s_item with { Kind = CollateralKinds.Chain, Data = new ByteString([9]) };
        BundlePath.Write(_folder[name], new CollateralBundle([s_item, other, s_item]));
        Assert.True(BundlePath.TryRead(_folder[name], out CollateralBundle? bundle, out Refusal? refusal), refusal?.ToString());
        Assert.Equal([s_item, other], bundle.Items);
        Assert.Equal([s_item, other], (await bundle.GetAsync(s_list, TestContext.Current.CancellationToken)).Value?.Items);
        Outcome<CollateralAnswer> none = await bundle.GetAsync(AmdRequests.RevocationList(SnpProduct.Turin), TestContext.Current.CancellationToken);
        Assert.Equal(RefusalReason.CollateralUnavailable, none.Refusal?.Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AFolderWithADamagedOrMissingItemIsRefused(bool missing)
    {
        BundlePath.Write(_folder["b/"], new CollateralBundle([s_item]));
        string file = Assert.Single(Directory.GetFiles(_folder["b/sha256"]));
        File.Delete(file);
        if (!missing)
        {
            File.WriteAllBytes(file, [1, 2, 4]);
        }

        Assert.False(BundlePath.TryRead(_folder["b/"], out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Malformed, refusal.Reason);
    }

    [Theory]
    [InlineData("kind", "unknown-kind", RefusalReason.Unsupported)]
    [InlineData("sha256", "0000000000000000000000000000000000000000000000000000000000000000", RefusalReason.Malformed)]
    [InlineData("sha256", "../../etc/passwd", RefusalReason.Malformed)]
    [InlineData("data", "AQIE", RefusalReason.Malformed)]
    [InlineData("data", "no", RefusalReason.Malformed)]
    [InlineData("data", null, RefusalReason.MissingMember)]
    [InlineData("request", "", RefusalReason.Malformed)]
    [InlineData("fetchedAt", "yesterday", RefusalReason.Malformed)]
    [InlineData("more", "x", RefusalReason.UnknownMember)]
    public void AnEntryThatIsNotConsistentIsRefusedWithItsPath(string member, string? value, RefusalReason reason)
    {
        JsonObject index = JsonNode.Parse(new CollateralBundle([s_item]).ToJson())!.AsObject();
        JsonObject entry = index["entries"]![0]!.AsObject();
        entry[member] = value;
        if (value is null)
        {
            entry.Remove(member);
        }

        Assert.False(CollateralBundle.TryParse(Encoding.UTF8.GetBytes(index.ToJsonString()), out _, out Refusal? refusal));
        Assert.Equal(reason, refusal.Reason);
        Assert.Contains("entries[0]", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherFormatAndNoFileAreRefused()
    {
        Assert.False(CollateralBundle.TryParse("""{"format":"other/v1","entries":[]}"""u8.ToArray(), out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Unsupported, refusal.Reason);
        Assert.False(BundlePath.TryRead(_folder["none.json"], out _, out refusal));
        Assert.Equal(RefusalReason.Malformed, refusal.Reason);
    }

    [Fact]
    public void ChangedIndexesAreReadOrRefusedAndNothingElse()
    {
        byte[] original = new CollateralBundle([s_item, s_item with { Kind = CollateralKinds.Ocsp, Data = new ByteString([7]) }]).ToJson();
        uint state = 20260320;
        int Next(int below)
        {
            state = unchecked((state * 1664525) + 1013904223);
            return (int)((state >> 8) % (uint)below);
        }

        int refused = 0;
        for (int run = 0; run < 20_000; run++)
        {
            byte[] changed = [.. original];
            for (int times = Next(4); times >= 0; times--)
            {
                changed[Next(changed.Length)] = (byte)(Next(2) == 0 ? Next(256) : "{}[]\",:0eE\\"[Next(11)]);
            }

            int length = Next(8) == 0 ? Next(changed.Length) : changed.Length;
            if (CollateralBundle.TryParse(changed.AsMemory(0, length), out CollateralBundle? bundle, out Refusal? refusal))
            {
                Assert.All(bundle.Items, item => Assert.Contains(item.Kind, CollateralKinds.All));
            }
            else
            {
                refused++;
                Assert.NotEqual(RefusalReason.InternalError, refusal.Reason);
            }
        }

        Assert.InRange(refused, 10_000, 20_000);
    }
}
