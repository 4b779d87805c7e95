using System.Security.Cryptography;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.FakeTee.Tdx;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tests.Tdx;

/// <summary>The event log's layout and its replay.</summary>
public sealed class CcEventLogTests
{
    private const int FirstEvent = 32 + 33;
    private static readonly SoftwareEventLog s_log = new SoftwareEventLog().Add(0, 1, "one").Add(0, 1, "two").Add(1, 7, "three").Add(0, 3, "none").Add(-1, 1, "launch");

    [Fact]
    public void EventsAreReadAndReplayed()
    {
        CcEventLog log = Read(s_log.ToArea());
        Assert.Equal([0, 0, 1, 0, -1], log.Events.Select(entry => entry.Register));
        Assert.Equal([1u, 1, 7, 3, 1], log.Events.Select(entry => entry.Type));
        Assert.Equal("three"u8, log.Events[2].Data.Span);
        Assert.All([0, 1, 2, 3], register => Assert.Equal(s_log.Registers[register], log.Replay(register)));
        Assert.Equal([true, true, false, false], Enumerable.Range(0, 4).Select(log.Touches));
    }

    [Fact]
    public void ReplayIsExtendingInTurn()
    {
        ByteString zero = new(new byte[48]);
        ByteString expected = CcEventLog.Extend(CcEventLog.Extend(zero, Digest("one"u8)), Digest("two"u8));
        Assert.Equal(expected, Read(s_log.ToArea()).Replay(0));
        Assert.Equal(zero, Read(s_log.ToArea()).Replay(3));
    }

    [Fact]
    public void PaddingMayBeOnesZerosOrNone()
    {
        byte[] used = s_log.ToArea().ToArray().AsSpan().TrimEnd((byte)0xFF).ToArray();
        Assert.Equal(5, Read(new ByteString(used)).Events.Count);
        Assert.Equal(5, Read(new ByteString([.. used, .. new byte[100]])).Events.Count);
    }

    [Theory]
    [InlineData(4, 4, "type 3")]
    [InlineData(30, 0xFF, "first event")]
    [InlineData(32, 0, "Spec ID Event03")]
    [InlineData(32 + 24, 0, "algorithms")]
    [InlineData(32 + 28, 0x0B, "SHA-384")]
    [InlineData(32 + 30, 20, "SHA-384")]
    [InlineData(FirstEvent, 5, "register")]
    [InlineData(FirstEvent + 8, 0, "digests")]
    [InlineData(FirstEvent + 8, 9, "digests")]
    [InlineData(FirstEvent + 8, 2, "digest is cut")]
    [InlineData(FirstEvent + 12, 4, "does not name")]
    [InlineData(FirstEvent + 65, 0xFF, "cut")]
    public void AFaultIsNamedWithItsPlace(int offset, int value, string part)
    {
        byte[] bytes = s_log.ToArea().ToArray();
        bytes[offset] = (byte)value;
        Assert.False(CcEventLog.TryParse(bytes, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Malformed, refusal.Reason);
        Assert.Contains("offset", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatFollowsTheEventsIsNotPassedOver()
    {
        byte[] bytes = s_log.ToArea().ToArray();
        bytes[^1] = 1;
        Assert.False(CcEventLog.TryParse(bytes, out _, out _));
        Assert.False(CcEventLog.TryParse(new byte[TdxEvidence.LongestEventLog + 1], out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.TooLarge, refusal.Reason);
    }

    [Fact]
    public void EveryCutIsRefusedOrAShorterLog()
    {
        ReadOnlySpan<byte> used = s_log.ToArea().ToArray().AsSpan().TrimEnd((byte)0xFF);
        for (int length = 0; length < used.Length; length++)
        {
            bool read = CcEventLog.TryParse(used[..length].ToArray(), out CcEventLog? log, out _);
            Assert.True(!read || log!.Events.Count < 5);
        }
    }

    private static CcEventLog Read(ByteString bytes) => CcEventLog.TryParse(bytes.Memory, out CcEventLog? log, out Refusal? refusal) ? log : throw new InvalidOperationException(refusal.Message);

    private static ByteString Digest(ReadOnlySpan<byte> data) => new(SHA384.HashData(data));
}
