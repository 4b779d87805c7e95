using System.Net;
using ConfidentialOperator.Sidecar.Tests.Running;

namespace ConfidentialOperator.Sidecar.Tests.Endpoints;

/// <summary>Instruments of one name are one for the whole process, so nothing else may run beside this.</summary>
[CollectionDefinition(nameof(MetricsTests), DisableParallelization = true)]
[Collection(nameof(MetricsTests))]
public sealed class MetricsTests
{
    [Fact]
    public async Task MetricsAreOnTheirOwnPortAndHaveClosedLabels()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        await sidecar.Client.GetAsync("/v1/models/a-name-of-the-caller", TestContext.Current.CancellationToken);
        await sidecar.Client.GetAsync("/a-path-of-the-caller", TestContext.Current.CancellationToken);
        using var strange = new HttpRequestMessage(new HttpMethod("STRANGE"), "/healthz");
        await sidecar.Client.SendAsync(strange, TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{sidecar.Ports.Metrics}") };
        string metrics = await Eventually.GetAsync(() => client.GetStringAsync("/metrics", TestContext.Current.CancellationToken),
            text => text.Contains("sidecar_phase{", StringComparison.Ordinal) && text.Contains("other", StringComparison.Ordinal), "metrics");

        Assert.Contains("phase=\"Ready\"} 1", Lines(metrics, "sidecar_phase"), StringComparison.Ordinal);
        Assert.Contains("reason=\"KeyReleased\"", Lines(metrics, "sidecar_attestation_rounds_total"), StringComparison.Ordinal);
        Assert.Contains("source=\"guest-api\"", Lines(metrics, "sidecar_evidence_total"), StringComparison.Ordinal);
        Assert.Contains("sidecar_model_fetched_bytes_total", metrics, StringComparison.Ordinal);
        Assert.Contains("sidecar_last_attestation_timestamp", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("of-the-caller", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("STRANGE", metrics, StringComparison.Ordinal);

        using HttpResponseMessage onHttp = await sidecar.Client.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, onHttp.StatusCode);
        using HttpResponseMessage status = await client.GetAsync("/v1/status", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, status.StatusCode);
    }

    private static string Lines(string metrics, string name) =>
        string.Join('\n', metrics.Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal)));
}
