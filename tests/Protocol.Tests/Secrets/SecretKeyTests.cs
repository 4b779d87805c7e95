using System.Text.Json;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.Protocol.Tests.Secrets;

/// <summary>A secret is wiped, does not move, and does not print.</summary>
public sealed class SecretKeyTests
{
    [Fact]
    public void DisposingWipesTheMemory()
    {
        SecretKey key = SecretKey.Generate(32);
        ReadOnlySpan<byte> memory = key.Span;
        Assert.True(memory.ContainsAnyExcept((byte)0));
        key.Dispose();
        Assert.False(memory.ContainsAnyExcept((byte)0));
        Assert.Throws<ObjectDisposedException>(() => key.Span.Length);
        key.Dispose();
    }

    [Fact]
    public void MovingWipesTheSource()
    {
        byte[] source = [1, 2, 3];
        using SecretKey key = SecretKey.MoveFrom(source);
        Assert.Equal([0, 0, 0], source);
        Assert.Equal([1, 2, 3], key.Span.ToArray());
    }

    [Fact]
    public void TheMemoryDoesNotMove()
    {
        using SecretKey key = SecretKey.Generate(32);
        ref byte before = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(key.Span);
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        Assert.True(System.Runtime.CompilerServices.Unsafe.AreSame(ref before, ref System.Runtime.InteropServices.MemoryMarshal.GetReference(key.Span)));
    }

    [Fact]
    public void ItComparesByContent()
    {
        using SecretKey one = SecretKey.Create(2, place => place.Fill(7));
        using SecretKey same = SecretKey.Create(2, place => place.Fill(7));
        using SecretKey other = SecretKey.Create(3, place => place.Fill(7));
        Assert.True(one.FixedTimeEquals(same));
        Assert.False(one.FixedTimeEquals(other));
        Assert.False(one.Equals(same));
    }

    [Fact]
    public void ItDoesNotPrint()
    {
        using SecretKey key = SecretKey.Create(32, place => place.Fill(0xAB));
        Assert.Equal("SecretKey", key.ToString());
        Assert.DoesNotContain("171", $"{key}", StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(() => JsonSerializer.Serialize(key));
    }
}
