using System.Diagnostics;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Benchmarks.Transport;

/// <summary>
/// a1: what sealing adds to a request of 1 KiB (median of sealed less median of plain, one connection), against the floor: opening the same HPKE
/// message in process. One sealed body is sent again and again, so only the server's work is measured.
/// </summary>
internal sealed class AddedLatency : IBenchmark
{
    private const int Requests = 1500;
    private const int FloorRuns = 3000;
    private static readonly byte[] s_info = new byte[40];

    private readonly byte[] _body = RandomNumberGenerator.GetBytes(1024);
    private SealedEcho _echo = null!;
    private HttpClient _client = null!;
    private byte[] _sealed = [];
    private byte[] _floorMessage = [];
    private ByteString _floorKey = ByteString.Empty;

    public string Metric => "a1";

    public string Goal => "<= 2.0";

    public string Unit => "microseconds";

    public int Rounds => 5;

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _echo = new SealedEcho();
        await _echo.StartAsync(cancellationToken);
        _client = _echo.CreateClient();
        var configuration = new KeyConfiguration(1, _echo.Key.PublicKey, [HpkeAead.Aes256Gcm]);
        if (!ClientExchange.TryBegin(configuration, HpkeAead.Aes256Gcm, SealedFormat.Chunked, out ClientExchange? exchange, out Refusal? refusal))
        {
            throw new InvalidOperationException(refusal.Message);
        }

        using (exchange)
        {
            using var sealedRequest = new MemoryStream();
            var request = new BinaryHttpRequest("POST", "https", "model", "/v1/embeddings", [new HeaderField("content-type", "application/json")]);
            await exchange.WriteRequestAsync(sealedRequest, request, new MemoryStream(_body), cancellationToken);
            _sealed = sealedRequest.ToArray();
        }

        if (!Hpke.TrySetupSender(HpkeAead.Aes256Gcm, _echo.Key.PublicKey.Span, s_info, out HpkeContext? sender, out refusal))
        {
            throw new InvalidOperationException(refusal.Message);
        }

        using (sender)
        {
            _floorKey = sender.Encapsulated;
            _floorMessage = sender.Seal(_body);
        }
    }

    public async Task<double> OursAsync(CancellationToken cancellationToken) =>
        await MedianAsync("/sealed", _sealed, cancellationToken) - await MedianAsync("/plain", _body, cancellationToken);

    public Task<double> ReferenceAsync(CancellationToken cancellationToken)
    {
        double[] times = new double[FloorRuns];
        byte[] plaintext = new byte[_body.Length];
        for (int run = 0; run < FloorRuns; run++)
        {
            long start = Stopwatch.GetTimestamp();
            if (!Hpke.TrySetupReceiver(HpkeAead.Aes256Gcm, _echo.Key, _floorKey.Span, s_info, out HpkeContext? context, out Refusal? refusal))
            {
                throw new InvalidOperationException(refusal.Message);
            }

            using (context)
            {
                context.TryOpen(_floorMessage, default, plaintext);
            }

            times[run] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        return Task.FromResult(Median(times));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _echo.DisposeAsync();
    }

    private static double Median(double[] times)
    {
        Array.Sort(times);
        return times[times.Length / 2];
    }

    private async Task<double> MedianAsync(string path, byte[] body, CancellationToken cancellationToken)
    {
        double[] times = new double[Requests];
        for (int request = 0; request < Requests; request++)
        {
            long start = Stopwatch.GetTimestamp();
            using var content = new ByteArrayContent(body);
            using HttpResponseMessage response = await _client.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
            response.EnsureSuccessStatusCode();
            await response.Content.ReadAsByteArrayAsync(cancellationToken);
            times[request] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        return Median(times);
    }
}
