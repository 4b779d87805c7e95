using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Tests.Policies;

/// <summary>The owner's policy: both ways, every member needed, nothing waived in silence.</summary>
public sealed class TrustPolicyTests
{
    private static readonly DateTimeOffset s_end = DateTimeOffset.FromUnixTimeSeconds(1_900_000_000);
    private static readonly TrustPolicy s_policy = SamplePolicy.Make(s_end, ByteString.Sha256("initdata"u8), ByteString.Sha256("manifest"u8), version: 7);

    [Fact]
    public void ASignedPolicyComesBack()
    {
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.Ed25519);
        Assert.True(TrustPolicy.TryOpen(s_policy.Sign(owner).ToJson(), [owner.PublicKey], out SignedTrustPolicy? opened, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(s_policy.ToJson(), opened.Policy.ToJson());
        Assert.Equal(ByteString.Sha256(s_policy.ToJson()), opened.Sha256);
        Assert.Equal([owner.PublicKey], opened.Signers);
        Assert.True(opened.Policy.Development);
        Assert.Equal(["mitigations", "chips", "providers", "idKeyDigests", "authorKeyDigests", "familyIds", "imageIds", "minimumGuestSvn", "revocation"], opened.Policy.Waivers.Select(waiver => waiver.Check));
        Assert.All(opened.Policy.Waivers, waiver => Assert.NotEmpty(waiver.Reason));
    }

    [Fact]
    public void EveryRuleWithItsDemandComesBack()
    {
        var digest = new ByteString(new byte[48]);
        SnpPolicy snp = s_policy.Snp! with
        {
            Chips = Expect.AnyOf(new ByteString(new byte[64])),
            IdKeyDigests = Expect.AnyOf(digest),
            AuthorKeyDigests = Expect.AnyOf(digest),
            MinimumFirmware = Expect.Required(new SnpFirmwareVersion(1, 55, 29)),
            Mitigations = Expect.Required(new SnpMitigations(0xB, ulong.MaxValue)),
            Providers = Expect.AnyOf("CN=cc-us-east-2.amazonaws.com"),
            FamilyIds = Expect.AnyOf(new ByteString(new byte[16])),
            ImageIds = Expect.AnyOf(new ByteString(new byte[16])),
            MinimumGuestSvn = Expect.Required(new SnpGuestSvn(uint.MaxValue)),
            GuestPolicy = Expect.Required(SamplePolicy.GuestPolicy with { SmtAllowed = false, SingleSocketRequired = true, MinimumAbiMajor = 1, MinimumAbiMinor = 55 }),
            Platform = Expect.Required(SamplePolicy.Platform with { AliasCheckRequired = true }),
            Revocation = Expect.Required(SnpRevocation.ListRequired),
            Development = false,
        };
        using OwnerKey approver = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP384);
        TrustPolicy policy = s_policy with { Snp = snp, Approvals = new ApprovalRule(1, [approver.PublicKey]) };
        Assert.True(TrustPolicy.TryParse(policy.ToJson(), out TrustPolicy? read, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(policy.ToJson(), read.ToJson());
        Assert.Empty(read.Waivers);
        Assert.Equal((55, true, 1), (read.Snp!.GuestPolicy.Value!.MinimumAbiMinor, read.Snp.GuestPolicy.Value.SingleSocketRequired, read.Approvals.Threshold));
        Assert.Equal((snp.Mitigations.Value, snp.MinimumFirmware.Value, snp.MinimumGuestSvn.Value, snp.Platform.Value),
            (read.Snp.Mitigations.Value, read.Snp.MinimumFirmware.Value, read.Snp.MinimumGuestSvn.Value, read.Snp.Platform.Value));
        Assert.Equal(new SnpTcb(0, 4, 0, 24, 219), read.Snp.MinimumTcb.Value![SnpProduct.Milan]);
    }

    [Fact]
    public void APolicyOfAStrangerOrOfAnotherTypeIsRefused()
    {
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        using OwnerKey stranger = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        AssertRefused(s_policy.Sign(stranger).ToJson(), owner, RefusalReason.PolicySignatureInvalid);
        AssertRefused(DsseEnvelope.Sign("application/other", s_policy.ToJson(), owner).ToJson(), owner, RefusalReason.PolicySignatureInvalid);
        AssertRefused("{}"u8.ToArray(), owner, RefusalReason.PolicyInvalid);
        AssertRefused(DsseEnvelope.Sign(TrustPolicy.PayloadType, "{}"u8, owner).ToJson(), owner, RefusalReason.PolicyInvalid);
    }

    [Fact]
    public void APolicyEndsWhenItSays()
    {
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        Assert.True(TrustPolicy.TryOpen(s_policy.Sign(owner).ToJson(), [owner.PublicKey], out SignedTrustPolicy? opened, out _));
        Assert.Null(opened.CheckTime(s_end));
        Assert.Equal(RefusalReason.PolicyExpired, opened.CheckTime(s_end.AddSeconds(1))?.Reason);
    }

    [Fact]
    public void NoMemberMayBeAbsent()
    {
        JsonObject whole = JsonNode.Parse(s_policy.ToJson())!.AsObject();
        foreach (string member in whole.Select(entry => entry.Key))
        {
            AssertRefused(policy => policy.Remove(member), member);
        }

        foreach (string member in whole["tee"]!["snp"]!.AsObject().Select(entry => entry.Key))
        {
            AssertRefused(policy => policy["tee"]!["snp"]!.AsObject().Remove(member), "tee.snp." + member);
        }
    }

    [Theory]
    [InlineData("format", "\"confidential-operator.dev/trust-policy/v2\"", "format")]
    [InlineData("policyVersion", "0", "policyVersion")]
    [InlineData("notAfter", "\"tomorrow\"", "notAfter")]
    [InlineData("resources", "[\"kbs:///a/b\"]", "resources[0]")]
    [InlineData("manifestDigests", "[\"md5:00\"]", "manifestDigests[0]")]
    [InlineData("manifestDigests", "[\"sha256:00\"]", "manifestDigests[0]")]
    [InlineData("initDataDigests", "[\"00\"]", "initDataDigests[0]")]
    [InlineData("tee", "{\"sgx\":{}}", "tee.sgx")]
    [InlineData("tee", "{\"tdx\":{}}", "tee.tdx")]
    [InlineData("gpu", "{}", "gpu")]
    [InlineData("comment", "\"\"", "comment")]
    [InlineData("approvals", "{\"threshold\":1,\"keys\":[]}", "approvals.threshold")]
    [InlineData("approvals", "{\"threshold\":0,\"keys\":[\"AAAA\"]}", "approvals.keys[0]")]
    public void AWrongMemberIsRefusedWithItsPath(string member, string value, string path) =>
        AssertRefused(policy => policy[member] = JsonNode.Parse(value), path);

    [Theory]
    [InlineData("measurements", "[]", "tee.snp")]
    [InlineData("measurements", "[\"00\"]", "measurements[0]")]
    [InlineData("vmpl", "[]", "tee.snp")]
    [InlineData("vmpl", "[4]", "vmpl[0]")]
    [InlineData("minimumTcb", "{}", "tee.snp.minimumTcb")]
    [InlineData("minimumTcb", "{\"Rome\":{}}", "tee.snp.minimumTcb")]
    [InlineData("minimumTcb", "{\"Milan\":{\"bootloader\":256,\"tee\":0,\"snp\":0,\"microcode\":0}}", "tee.snp.minimumTcb.Milan.bootloader")]
    [InlineData("chips", "{\"waived\":\"\"}", "tee.snp.chips.waived")]
    [InlineData("chips", "{\"waived\":\" \"}", "tee.snp.chips.waived")]
    [InlineData("chips", "{\"waived\":\"why\",\"anyOf\":[]}", "tee.snp.chips.anyOf")]
    [InlineData("chips", "{}", "tee.snp.chips.anyOf")]
    [InlineData("revocation", "{\"listRequired\":false}", "tee.snp.revocation.listRequired")]
    [InlineData("guestPolicy", "{\"smtAllowed\":true}", "tee.snp.guestPolicy.singleSocketRequired")]
    [InlineData("guestPolicy", "{\"smtAllowed\":true,\"singleSocketRequired\":true,\"minimumAbi\":\"1\"}", "tee.snp.guestPolicy.minimumAbi")]
    [InlineData("guestPolicy", "{\"smtAllowed\":true,\"singleSocketRequired\":true}", "tee.snp.guestPolicy.cxlAllowed")]
    [InlineData("minimumFirmware", "{\"committed\":\"1.55\"}", "tee.snp.minimumFirmware.committed")]
    [InlineData("minimumFirmware", "{\"committed\":\"1.55.256\"}", "tee.snp.minimumFirmware.committed")]
    [InlineData("mitigations", "{\"launch\":\"0b\",\"current\":\"0000000000000000\"}", "tee.snp.mitigations.launch")]
    [InlineData("mitigations", "{\"launch\":\"0000000000000000\"}", "tee.snp.mitigations.current")]
    [InlineData("providers", "{\"anyOf\":[1]}", "providers.anyOf[0]")]
    [InlineData("familyIds", "{\"anyOf\":[\"00\"]}", "tee.snp.familyIds.anyOf[0]")]
    [InlineData("minimumGuestSvn", "{\"atLeast\":4294967296}", "tee.snp.minimumGuestSvn.atLeast")]
    [InlineData("platform", "{\"smtAllowed\":true}", "tee.snp.platform.tsmeRequired")]
    [InlineData("development", "\"yes\"", "tee.snp.development")]
    public void AWrongRuleIsRefusedWithItsPath(string member, string value, string path) =>
        AssertRefused(policy => policy["tee"]!["snp"]![member] = JsonNode.Parse(value), path);

    private static void AssertRefused(Action<JsonObject> change, string path)
    {
        JsonObject policy = JsonNode.Parse(s_policy.ToJson())!.AsObject();
        change(policy);
        Assert.False(TrustPolicy.TryParse(Encoding.UTF8.GetBytes(policy.ToJsonString()), out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.PolicyInvalid, refusal.Reason);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(byte[] envelope, OwnerKey owner, RefusalReason reason)
    {
        Assert.False(TrustPolicy.TryOpen(envelope, [owner.PublicKey], out SignedTrustPolicy? opened, out Refusal? refusal));
        Assert.Null(opened);
        Assert.Equal(reason, refusal.Reason);
    }
}
