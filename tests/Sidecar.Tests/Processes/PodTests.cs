using System.Net;
using System.Net.Http.Headers;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Sidecar.Relay;

namespace ConfidentialOperator.Sidecar.Tests.Processes;

/// <summary>The three real programs together: broker, Inference and Sidecar, each on its own side of its own contract.</summary>
public sealed class PodTests
{
    [Fact]
    public async Task ARealKeyReachesARealInferenceAndASealedRequestIsAnswered()
    {
        await using TestPod pod = await TestPod.StartAsync();
        SidecarStatus status = await pod.WaitAsync(found => found.Phase == SidecarPhase.Ready, "a served model");
        Assert.Equal(64, status.PolicySha256.Length);
        Assert.Equal(96, status.Measurement.Length);

        byte[] keys = await pod.Client.GetByteArrayAsync(SealedRelay.Path, TestContext.Current.CancellationToken);
        Assert.True(KeyConfiguration.TryParse(keys, out IReadOnlyList<KeyConfiguration>? configurations, out _));
        (int code, string answer) = await AskAsync(pod, configurations[0]);
        Assert.True(code == 200, answer);
        Assert.Contains("\"triage-notes\"", answer, StringComparison.Ordinal);

        await pod.RestartInferenceAsync();
        await Eventually(pod, configurations[0]);
        Assert.Equal(0, await pod.Sidecar.TerminateAsync());
    }

    [Fact]
    public async Task APolicyThatNoLongerAcceptsTheGuestIsToldAndANewInferenceGetsNoKey()
    {
        await using TestPod pod = await TestPod.StartAsync();
        await pod.WaitAsync(found => found.Phase == SidecarPhase.Ready, "a served model");
        await pod.PutPolicyAsync(version: 2, new ByteString(new byte[48]));
        (await pod.Client.PostAsync("/v1/refresh", null, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        await pod.WaitAsync(found => found is { Phase: SidecarPhase.Ready, Reason: "MeasurementNotAccepted" }, "a served model with a reason");
        await pod.RestartInferenceAsync();
        await pod.WaitAsync(found => found is { Phase: SidecarPhase.Refused, Reason: "MeasurementNotAccepted" }, "a refusal");
        using HttpResponseMessage ready = await pod.Client.GetAsync("/readyz", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
    }

    // Until the new process has the key, the old key's name is answered with a refusal.
    private static async Task Eventually(TestPod pod, KeyConfiguration old)
    {
        KeyConfiguration? current = null;
        await Running.Eventually.GetAsync(async () =>
        {
            using HttpResponseMessage response = await pod.Client.GetAsync(SealedRelay.Path, TestContext.Current.CancellationToken);
            byte[] list = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            current = response.IsSuccessStatusCode && KeyConfiguration.TryParse(list, out IReadOnlyList<KeyConfiguration>? found, out _) ? found[0] : null;
            return current?.KeyName;
        }, name => name is not null && name != old.KeyName, "new keys");
        Assert.Equal(200, (await AskAsync(pod, current!)).Code);
    }

    private static async Task<(int Code, string Answer)> AskAsync(TestPod pod, KeyConfiguration key)
    {
        Assert.True(ClientExchange.TryBegin(key, key.Aeads[0], SealedFormat.Chunked, out ClientExchange? exchange, out Refusal? refusal), refusal?.Message);
        using (exchange)
        {
            var request = new BinaryHttpRequest("GET", "https", "guest", "/v2/models/triage-notes",
                [new("date", TimeProvider.System.GetUtcNow().ToString("r")), new("authorization", "Bearer " + pod.CallerKey)]);
            using var body = new MemoryStream();
            await exchange.WriteRequestAsync(body, request, null, TestContext.Current.CancellationToken);
            using var message = new HttpRequestMessage(HttpMethod.Post, SealedRelay.Path) { Content = new ByteArrayContent(body.ToArray()) };
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(Ohttp.RequestType(SealedFormat.Chunked));
            message.Headers.Add("Confidential-Key-Id", key.KeyName);
            using HttpResponseMessage response = await pod.Client.SendAsync(message, TestContext.Current.CancellationToken);
            byte[] sealedAnswer = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, System.Text.Encoding.UTF8.GetString(sealedAnswer));
            Outcome<OpenedResponse> opened = await exchange.OpenResponseAsync(new MemoryStream(sealedAnswer), BinaryHttpLimits.Default,
                TestContext.Current.CancellationToken);
            Assert.True(opened.Accepted, opened.Refusal?.ToString());
            using OpenedResponse answer = opened.Value;
            using var reader = new StreamReader(answer.Body);
            return (answer.Response.Status, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        }
    }
}
