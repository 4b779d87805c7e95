using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.Tests.Fuzzing;

namespace ConfidentialOperator.Protocol.Tests.Contracts;

/// <summary>The messages between our own processes are strict too.</summary>
public sealed class ContractTests
{
    [Fact]
    public void AMessageComesBack()
    {
        var sent = new BrokerStatement
        {
            Tenant = "clinic",
            Model = "m",
            PolicyVersion = 7,
            PolicySha256 = "00",
            NotAfter = 5,
            Development = true,
            Attestations = [new() { Replica = "r", Outcome = "Released", Reason = "KeyReleased", Message = "", Measurement = "", InitDataSha256 = "", Tcb = "", TeeKind = "Snp", At = 1 }],
        };
        byte[] json = Contract.Write(sent);
        Assert.Contains("\"policyVersion\":7", Encoding.UTF8.GetString(json), StringComparison.Ordinal);
        Assert.True(Contract.TryRead(json, out BrokerStatement? read, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(sent.Attestations, read.Attestations);
        Assert.Equal(sent with { Attestations = [] }, read with { Attestations = [] });
    }

    [Theory]
    [InlineData("""{"replica":"r","initDataSha256":"","tlsSpkiSha256":[]}""")]
    [InlineData("""{"replica":"r","initDataSha256":"","tlsSpkiSha256":[],"policySha256":"","more":1}""")]
    [InlineData("""{"replica":"r","replica":"r","initDataSha256":"","tlsSpkiSha256":[],"policySha256":""}""")]
    [InlineData("""{"replica":null,"initDataSha256":"","tlsSpkiSha256":[],"policySha256":""}""")]
    [InlineData("""{"replica":"\ud800","initDataSha256":"","tlsSpkiSha256":[],"policySha256":""}""")]
    [InlineData("""{"replica":1,"initDataSha256":"","tlsSpkiSha256":[],"policySha256":""}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("")]
    public void WhatIsNoIdentityIsRefused(string json)
    {
        Assert.False(Contract.TryRead(Encoding.UTF8.GetBytes(json), out GuestIdentity? _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Malformed, refusal.Reason);
        Assert.False(Contract.TryRead(new byte[1024 * 1024 + 1], out GuestIdentity? _, out refusal));
        Assert.Equal(RefusalReason.TooLarge, refusal.Reason);
    }

    [Fact]
    public void NoMemberMayBeAbsent()
    {
        AssertNeedsAll(Samples.Identity);
        AssertNeedsAll(Samples.Status);
        AssertNeedsAll(Samples.State);
        AssertNeedsAll(Samples.Statement);
    }

    private static void AssertNeedsAll<T>(T message)
        where T : class
    {
        JsonObject whole = JsonNode.Parse(Contract.Write(message))!.AsObject();
        Assert.All(whole.Select(member => member.Key).ToArray(), member =>
        {
            JsonObject part = whole.DeepClone().AsObject();
            part.Remove(member);
            Assert.False(Contract.TryRead(Encoding.UTF8.GetBytes(part.ToJsonString()), out T? _, out Refusal? refusal), member);
            Assert.Equal(RefusalReason.Malformed, refusal.Reason);
        });
    }
}
