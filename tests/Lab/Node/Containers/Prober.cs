using System.Net.Security;

namespace ConfidentialOperator.Lab.Node.Containers;

/// <summary>Asks a container in its probe's rhythm and tells each verdict.</summary>
internal static class Prober
{
    // As the kubelet does, probes over TLS do not look at the certificate.
    private static readonly HttpClient s_client = new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, errors) => errors != SslPolicyErrors.RemoteCertificateNotAvailable },
        PooledConnectionLifetime = TimeSpan.Zero,
        UseProxy = false,
        AllowAutoRedirect = false,
    });

    /// <summary>Asks until a verdict ends it or the token does.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="verdict">Told each verdict with a sentence; returns whether to go on.</param>
    /// <param name="failure">Told each failure.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(Probe probe, Func<bool, string, bool> verdict, Action<string> failure, CancellationToken cancellationToken)
    {
        ProbeCounter counter = new(probe.SuccessThreshold, probe.FailureThreshold);
        if (probe.InitialDelay > TimeSpan.Zero) await Task.Delay(probe.InitialDelay, cancellationToken);
        using PeriodicTimer timer = new(probe.Period);
        do
        {
            string? fault = await AskAsync(probe, cancellationToken);
            if (fault is not null) failure($"{probe.Kind} probe failed: {fault}");
            if (counter.Count(fault is null) is { } reached && !verdict(reached, fault ?? "")) return;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private static async Task<string?> AskAsync(Probe probe, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(probe.Timeout);
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, probe.Address) { Headers = { { "User-Agent", "kube-probe/1.34" } } };
            using HttpResponseMessage answer = await s_client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return (int)answer.StatusCode is >= 200 and < 400 ? null : $"HTTP probe failed with statuscode: {(int)answer.StatusCode}";
        }
        catch (HttpRequestException)
        {
            return $"Get \"{probe.Address}\": connection refused";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"Get \"{probe.Address}\": context deadline exceeded";
        }
    }
}
