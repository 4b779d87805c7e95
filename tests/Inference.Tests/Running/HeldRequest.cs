using System.Net;
using System.Net.Http.Headers;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Inference.Tests.Running;

/// <summary>A sealed request whose last bytes wait until the test lets them go: it holds its places as long as that.</summary>
internal sealed class HeldRequest : IDisposable
{
    private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abort = new();

    public async Task<Task<HttpResponseMessage>> BeginAsync(GuestSockets sockets, SealedClient client, string path = "/v1/chat/completions")
    {
        (byte[] sealedBytes, ClientExchange exchange) = await client.SealAsync(client.Request("POST", path), new byte[40_000]);
        exchange.Dispose();
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sealed") { Content = new HeldContent(sealedBytes, _finish.Task) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(Ohttp.ChunkedRequestMediaType);
        return sockets.Ciphertext.SendAsync(request, _abort.Token);
    }

    public void Finish() => _finish.SetResult();

    public void Abort() => _abort.Cancel();

    public void Dispose() => _abort.Dispose();

    private sealed class HeldContent(byte[] bytes, Task finish) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(bytes.AsMemory(0, bytes.Length - 1));
            await stream.FlushAsync();
            await finish;
            await stream.WriteAsync(bytes.AsMemory(bytes.Length - 1));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
