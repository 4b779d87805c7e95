using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Access;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Tests.Access;

/// <summary>Who may use a model: signed by an owner, with hashes in the place of keys.</summary>
public sealed class CallerListTests
{
    private static readonly DateTimeOffset s_end = DateTimeOffset.FromUnixTimeSeconds(1_900_000_000);

    [Fact]
    public void ASignedListComesBack()
    {
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        string key = CallerKey.Generate();
        CallerList list = Make(key);
        Assert.True(CallerList.TryOpen(list.Sign(owner).ToJson(), [owner.PublicKey], out CallerList? read, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(("clinic", 7), (read.Tenant, read.Version));
        Assert.True(CallerKey.TryHash(key, out ByteString? hash));
        Caller found = read.Find(hash)!;
        Assert.Equal(("nurse", 4, s_end), (found.Name, found.MaxInFlight, found.NotAfter));
        Assert.Equal(["triage-notes"], found.Models);
        Assert.Null(read.Find(ByteString.Sha256("other"u8)));
        Assert.DoesNotContain(key, Encoding.UTF8.GetString(list.ToJson()), StringComparison.Ordinal);
    }

    [Fact]
    public void AStrangersListIsRefused()
    {
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        using OwnerKey stranger = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        byte[] envelope = Make(CallerKey.Generate()).Sign(stranger).ToJson();
        Assert.False(CallerList.TryOpen(envelope, [owner.PublicKey], out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.CallerListInvalid, refusal.Reason);
        Assert.False(CallerList.TryOpen("{}"u8.ToArray(), [owner.PublicKey], out _, out refusal));
        Assert.Equal(RefusalReason.CallerListInvalid, refusal.Reason);
        byte[] policyType = DsseEnvelope.Sign("application/vnd.confidential-operator.trust-policy.v1+json", Make(CallerKey.Generate()).ToJson(), owner).ToJson();
        Assert.False(CallerList.TryOpen(policyType, [owner.PublicKey], out _, out _));
    }

    [Theory]
    [InlineData("format", "confidential-operator.dev/caller-list/v2", "format")]
    [InlineData("version", 0, "version")]
    [InlineData("tenant", "", "tenant")]
    [InlineData("callers", 1, "callers")]
    [InlineData("more", 1, "more")]
    public void AWrongMemberIsRefusedWithItsPath(string member, object value, string path) =>
        AssertRefused(list => list[member] = JsonValue.Create(value), path);

    [Theory]
    [InlineData("name", "", "callers[0].name")]
    [InlineData("sha256", "00", "callers[0].sha256")]
    [InlineData("models", "triage-notes", "callers[0].models")]
    [InlineData("maxInFlight", 0, "callers[0].maxInFlight")]
    [InlineData("notAfter", 0, "callers[0].notAfter")]
    [InlineData("admin", true, "callers[0].admin")]
    public void AWrongMemberOfACallerIsRefusedWithItsPath(string member, object value, string path) =>
        AssertRefused(list => list["callers"]![0]![member] = JsonValue.Create(value), path);

    [Fact]
    public void ANameOrAKeyTwiceIsRefused()
    {
        AssertRefused(list => list["callers"]!.AsArray().Add(list["callers"]![0]!.DeepClone()), "callers");
        AssertRefused(list =>
        {
            JsonNode second = list["callers"]![0]!.DeepClone();
            second["name"] = "doctor";
            list["callers"]!.AsArray().Add(second);
        }, "callers");
    }

    [Fact]
    public void AKeyIsReadWholeOrNotAtAll()
    {
        string key = CallerKey.Generate();
        Assert.Matches("^cfm_[A-Za-z0-9_-]{43}$", key);
        Assert.NotEqual(key, CallerKey.Generate());
        Assert.True(CallerKey.TryHash(key, out ByteString? hash));
        Assert.Equal(32, hash.Length);
        string[] wrong = ["", "cfm_", key[..^1], key + "A", "CFM_" + key[4..], key[..10] + "!" + key[11..], key[..10] + " " + key[11..], key[..^1] + "=", "sk-" + key[3..], new('\ud800', 47)];
        Assert.All(wrong, text => Assert.False(CallerKey.TryHash(text, out _)));
        char last = key[^1];
        string sameBytes = key[..^1] + (char)(last + 1);
        Assert.False(CallerKey.TryHash(sameBytes, out ByteString? other) && other == hash, "two texts must not be one key");
    }

    private static void AssertRefused(Action<JsonObject> change, string path)
    {
        JsonObject list = JsonNode.Parse(Make(CallerKey.Generate()).ToJson())!.AsObject();
        change(list);
        Assert.False(CallerList.TryParse(Encoding.UTF8.GetBytes(list.ToJsonString()), out _, out Refusal? refusal));
        Assert.Contains($"'{path}'", refusal.Message, StringComparison.Ordinal);
    }

    private static CallerList Make(string key)
    {
        Assert.True(CallerKey.TryHash(key, out ByteString? hash));
        return new CallerList { Tenant = "clinic", Version = 7, Callers = [new("nurse", hash, ["triage-notes"], 4, s_end)] };
    }
}
