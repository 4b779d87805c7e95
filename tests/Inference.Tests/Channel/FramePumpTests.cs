using System.Runtime.CompilerServices;
using ConfidentialOperator.Inference.Channel;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;
using Frames = System.Threading.Channels.Channel<byte[]>;

namespace ConfidentialOperator.Inference.Tests.Channel;

/// <summary>Events leave as they come, and what breaks off never looks complete.</summary>
public sealed class FramePumpTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Off")]
    [InlineData("Bucket")]
    [InlineData("Fixed")]
    public async Task AnEventArrivesBeforeTheNextIsMade(string mode)
    {
        using Wire wire = await Wire.OpenAsync();
        Frames events = System.Threading.Channels.Channel.CreateUnbounded<byte[]>();
        Task pumping = wire.PumpAsync(Enum.Parse<PaddingMode>(mode), events.Reader.ReadAllAsync(Stop), Stop);
        using OpenedResponse answer = await wire.AnswerAsync();
        for (int i = 0; i < 5; i++)
        {
            await events.Writer.WriteAsync([.. "data: "u8, (byte)('0' + i), .. "\n\n"u8], Stop);
            Assert.Contains($"data: {i}\n\n", await ReadAsync(answer.Body));
        }

        events.Writer.Complete();
        await pumping;
        Assert.Equal(0, await answer.Body.ReadAsync(new byte[10], Stop));
    }

    [Fact]
    public async Task EventsOfOneTickTravelTogetherInOneFullFrame()
    {
        using Wire wire = await Wire.OpenAsync();
        await wire.PumpAsync(PaddingMode.Bucket, Many(40), Stop);
        using OpenedResponse answer = await wire.AnswerAsync();
        using var content = new MemoryStream();
        await answer.Body.CopyToAsync(content, Stop);
        Assert.Equal(0, content.Length % 128);
        Assert.True(content.Length < 40 * 128, "events that come at once do not each have a frame");
    }

    [Fact]
    public async Task AFaultOfTheModelCutsTheAnswer()
    {
        using Wire wire = await Wire.OpenAsync();
        await Assert.ThrowsAsync<InvalidDataException>(() => wire.PumpAsync(PaddingMode.Bucket, Broken(), Stop));
        wire.Close();
        using OpenedResponse answer = await wire.AnswerAsync();
        ChannelException cut = await Assert.ThrowsAsync<ChannelException>(() => answer.Body.CopyToAsync(Stream.Null, Stop));
        Assert.Equal(RefusalReason.ResponseTruncated, cut.Refusal.Reason);
    }

    [Fact]
    public async Task WhenTheClientLeavesTheModelStops()
    {
        using Wire wire = await Wire.OpenAsync();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task pumping = wire.PumpAsync(PaddingMode.Bucket, Endless(stopped, Stop), gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pumping);
        await stopped.Task.WaitAsync(Stop);
    }

    private static async IAsyncEnumerable<byte[]> Many(int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return "data: x\n\n"u8.ToArray();
        }

        await Task.CompletedTask;
    }

    private static async IAsyncEnumerable<byte[]> Broken()
    {
        yield return "data: x\n\n"u8.ToArray();
        await Task.Yield();
        throw new InvalidDataException("the model broke");
    }

    private static async IAsyncEnumerable<byte[]> Endless(TaskCompletionSource stopped, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            yield return "data: x\n\n"u8.ToArray();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            stopped.SetResult();
        }
    }

    private static async Task<string> ReadAsync(Stream body)
    {
        byte[] buffer = new byte[4096];
        return System.Text.Encoding.UTF8.GetString(buffer, 0, await body.ReadAsync(buffer, Stop));
    }

    /// <summary>One sealed exchange over a pipe.</summary>
    private sealed class Wire : IDisposable
    {
        private readonly System.IO.Pipelines.Pipe _pipe = new();
        private readonly ClientExchange _client;
        private readonly ServerExchange _server;

        private Wire(ClientExchange client, ServerExchange server) => (_client, _server) = (client, server);

        public static async Task<Wire> OpenAsync()
        {
            using HpkePrivateKey key = HpkePrivateKey.Generate();
            var configuration = new KeyConfiguration(1, key.PublicKey, [HpkeAead.Aes256Gcm]);
            Assert.True(ClientExchange.TryBegin(configuration, HpkeAead.Aes256Gcm, SealedFormat.Chunked, out ClientExchange? client, out _));
            var request = new MemoryStream();
            await client.WriteRequestAsync(request, new BinaryHttpRequest("GET", "https", "guest", "/", []), null, Stop);
            request.Position = 0;
            Outcome<ServerExchange> opened = await ServerExchange.OpenAsync(request, SealedFormat.Chunked, _ => key, BinaryHttpLimits.Default, Stop);
            Assert.True(opened.Accepted);
            return new Wire(client, opened.Value);
        }

        public async Task PumpAsync(PaddingMode mode, IAsyncEnumerable<byte[]> events, CancellationToken cancellationToken)
        {
            using SealedResponse response = _server.Respond(_pipe.Writer.AsStream(leaveOpen: true));
            response.WriteHead(new BinaryHttpResponse(200, []));
            await response.FlushAsync(cancellationToken);
            await new FramePump(mode, TimeProvider.System, response).RunAsync(events, cancellationToken);
            await response.CompleteAsync(0, cancellationToken);
            Close();
        }

        public void Close() => _pipe.Writer.Complete();

        public async Task<OpenedResponse> AnswerAsync()
        {
            Outcome<OpenedResponse> opened = await _client.OpenResponseAsync(_pipe.Reader.AsStream(), BinaryHttpLimits.Default, Stop);
            Assert.True(opened.Accepted, opened.Refusal?.ToString());
            return opened.Value;
        }

        public void Dispose()
        {
            _client.Dispose();
            _server.Dispose();
        }
    }
}
