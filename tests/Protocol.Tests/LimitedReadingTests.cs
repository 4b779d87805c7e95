using System.IO.Pipelines;

namespace ConfidentialOperator.Protocol.Tests;

public sealed class LimitedReadingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task WhatFitsIsReadHoweverItComes(int length)
    {
        byte[] sent = [.. Enumerable.Range(0, length).Select(at => (byte)(at % 251))];
        foreach (int piece in (int[])[1, 7, 1000])
        {
            Assert.Equal(sent, await ReadAsync(sent, piece, limit: 1000));
        }
    }

    [Fact]
    public async Task WhatIsLongerIsRefusedBeforeItsEnd()
    {
        Assert.Null(await ReadAsync(new byte[1001], piece: 100, limit: 1000));
        Pipe endless = new();
        await endless.Writer.WriteAsync(new byte[1001], TestContext.Current.CancellationToken);
        Assert.Null(await endless.Reader.ReadToEndAsync(1000, pinned: false, TestContext.Current.CancellationToken));
    }

    private static async Task<byte[]?> ReadAsync(byte[] sent, int piece, int limit)
    {
        Pipe pipe = new();
        Task<byte[]?> read = pipe.Reader.ReadToEndAsync(limit, pinned: true, TestContext.Current.CancellationToken);
        foreach (byte[] part in sent.Chunk(piece))
        {
            await pipe.Writer.WriteAsync(part, TestContext.Current.CancellationToken);
        }

        await pipe.Writer.CompleteAsync();
        return await read;
    }
}
