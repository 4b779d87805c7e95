using System.Security.Cryptography;
using ConfidentialOperator.Protocol.Audit;

namespace ConfidentialOperator.Protocol.Tests.Audit;

public sealed class AuditChainTests : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void AnUntouchedChainVerifies()
    {
        List<string> lines = Chain(4);
        using AuditChain chain = NewChain();
        foreach (string line in lines)
        {
            Assert.True(chain.TryAppend(line, out AuditRecord? record, out Refusal? refusal), refusal?.Message);
            Assert.Equal("Ünïcode \"quoted\" + 😀", record.Message);
        }

        Assert.Equal(new AuditHead(4, AuditLine.Digest(lines[3])), chain.Head);
        Assert.True(chain.TryReach(out _));
    }

    [Fact]
    public void EveryChangedCharacterOfEveryRecordIsDetected()
    {
        List<string> lines = Chain(3);
        for (int number = 0; number < lines.Count; number++)
        {
            for (int at = 0; at < lines[number].Length; at += 3)
            {
                char changed = lines[number][at] == '1' ? '2' : '1';
                string line = lines[number][..at] + changed + lines[number][(at + 1)..];
                Refusal? refusal = Verify([.. lines[..number], line, .. lines[(number + 1)..]]);
                Assert.True(refusal?.Reason == RefusalReason.AuditChainBroken, $"character {at} of record {number + 1}");
            }
        }
    }

    [Theory]
    [InlineData("\"event\":\"Released\"", "\"event\":\"99999999999999999999\"")]
    [InlineData("\"event\":\"Released\"", "\"event\":\"Nothing\"")]
    [InlineData("\"sequence\":1", "\"sequence\":99999999999999999999")]
    [InlineData("\"sequence\":1", "\"sequence\":\"1\"")]
    [InlineData("\"tenant\":\"", "\"tenant\":\"\\ud800")]
    public void ValuesThatNoRecordHasAreRefused(string part, string instead)
    {
        string line = Chain(1)[0].Replace(part, instead, StringComparison.Ordinal);
        Assert.NotEqual(Chain(1)[0].Length, line.Length);
        Assert.Equal(RefusalReason.AuditChainBroken, Verify([line])?.Reason);
    }

    [Theory]
    [InlineData("removed")]
    [InlineData("repeated")]
    [InlineData("swapped")]
    [InlineData("first removed")]
    [InlineData("inserted space")]
    [InlineData("member added")]
    [InlineData("member twice")]
    public void AChangedOrderOrWritingIsDetected(string change)
    {
        List<string> lines = Chain(4);
        List<string> changed = change switch
        {
            "removed" => [lines[0], lines[2], lines[3]],
            "repeated" => [lines[0], lines[1], lines[1], lines[2]],
            "swapped" => [lines[0], lines[2], lines[1], lines[3]],
            "first removed" => lines[1..],
            "inserted space" => [lines[0].Replace("{\"record\":", "{ \"record\":"), .. lines[1..]],
            "member added" => [lines[0].Insert(1, "\"x\":1,"), .. lines[1..]],
            _ => [lines[0].Replace("\"event\":", "\"event\":\"Refused\",\"event\":"), .. lines[1..]],
        };
        Assert.Equal(RefusalReason.AuditChainBroken, Verify(changed)?.Reason);
    }

    [Fact]
    public void ACutEndIsDetectedByAnEarlierHeadOnly()
    {
        List<string> lines = Chain(4);
        Assert.Null(Verify(lines[..2]));
        using AuditChain chain = NewChain(new AuditHead(4, AuditLine.Digest(lines[3])));
        Assert.True(chain.TryAppend(lines[0], out _, out _));
        Assert.False(chain.TryReach(out Refusal? refusal));
        Assert.Contains("record 4", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AForkWithTheRightKeyIsDetectedByAnEarlierHead()
    {
        List<string> lines = Chain(3);
        List<string> fork = Chain(3, "another history");
        using AuditChain chain = NewChain(new AuditHead(2, AuditLine.Digest(lines[1])));
        Assert.True(chain.TryAppend(fork[0], out _, out _));
        Assert.False(chain.TryAppend(fork[1], out _, out Refusal? refusal));
        Assert.Contains("earlier export", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherKeyAnotherTenantAndAnOlderTimeAreDetected()
    {
        using ECDsa stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal(RefusalReason.AuditChainBroken, Verify([AuditLine.Write(Record(1, AuditHead.Empty.Sha256, ""), stranger)])?.Reason);
        Assert.Equal(RefusalReason.AuditChainBroken,
            Verify([AuditLine.Write(Record(1, AuditHead.Empty.Sha256, "") with { Tenant = "other" }, _key)])?.Reason);
        string first = AuditLine.Write(Record(1, AuditHead.Empty.Sha256, ""), _key);
        AuditRecord second = Record(2, AuditLine.Digest(first), "");
        Assert.Null(Verify([first, AuditLine.Write(second, _key)]));
        Assert.Equal(RefusalReason.AuditChainBroken, Verify([first, AuditLine.Write(second with { At = second.At.AddHours(-1) }, _key)])?.Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"record\":{},\"signature\":\"\"}")]
    [InlineData("{\"record\":1,\"signature\":2}")]
    public void WhatIsNoRecordIsRefused(string line) => Assert.Equal(RefusalReason.AuditChainBroken, Verify([line])?.Reason);

    private Refusal? Verify(IEnumerable<string> lines)
    {
        using AuditChain chain = NewChain();
        foreach (string line in lines)
        {
            if (!chain.TryAppend(line, out _, out Refusal? refusal))
            {
                return refusal;
            }
        }

        return null;
    }

    private AuditChain NewChain(params ReadOnlySpan<AuditHead> earlier) => new("clinic", _key.ExportSubjectPublicKeyInfoPem(), earlier);

    private List<string> Chain(int count, string message = "Ünïcode \"quoted\" + 😀")
    {
        List<string> lines = [];
        for (int number = 1; number <= count; number++)
        {
            lines.Add(AuditLine.Write(Record(number, number == 1 ? AuditHead.Empty.Sha256 : AuditLine.Digest(lines[^1]), message), _key));
        }

        return lines;
    }

    private static AuditRecord Record(long sequence, string previous, string message) => new()
    {
        Sequence = sequence,
        At = DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000 + sequence),
        Tenant = "clinic",
        Event = AuditEvent.Released,
        Model = "triage-notes",
        Reason = RefusalReason.KeyReleased,
        Message = message,
        Previous = previous,
    };
}
