using System.Net;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Sidecar.Tests.Running;

namespace ConfidentialOperator.Sidecar.Tests.KeyFetch;

/// <summary>Attesting again: by the clock, on wish, and when Inference began anew.</summary>
public sealed class ReattestationTests
{
    [Fact]
    public async Task TheIntervalBringsTheNextAttestation()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync(("ReattestInterval", "00:00:01"));
        await Eventually.HoldsAsync(() => sidecar.Broker.Handshakes >= 3 && sidecar.Inference.CallersReceived >= 3, "three attestations");
        Assert.Equal(SidecarPhase.Ready, (await sidecar.StatusAsync()).Phase);
    }

    [Fact]
    public async Task AWishAttestsAtOnceAndTooManyWishesAreRefused()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync(("Limits:Refreshes", "20"));
        int before = sidecar.Broker.Handshakes;
        HttpResponseMessage response = await sidecar.Client.PostAsync("/v1/refresh", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await Eventually.HoldsAsync(() => sidecar.Broker.Handshakes > before, "an attestation");
        response = await Answers.UntilLimitedAsync(20, () => sidecar.Client.PostAsync("/v1/refresh", null, TestContext.Current.CancellationToken));
        await response.AssertProblemAsync(HttpStatusCode.TooManyRequests, "RateLimited");
        Assert.True(response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
    }

    [Fact]
    public async Task ANewInferenceGetsTheKeyAtOnce()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        await sidecar.Inference.StopAsync();
        await sidecar.WaitAsync(SidecarPhase.Starting, "ModelNotReady");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await sidecar.Client.GetAsync("/readyz", TestContext.Current.CancellationToken)).StatusCode);
        await sidecar.Inference.StartAgainAsync();
        await sidecar.WaitAsync(SidecarPhase.Ready);
        Assert.Equal(2, sidecar.Inference.KeysReceived);
        Assert.Equal(2, sidecar.Broker.Handshakes);
    }

    [Fact]
    public async Task AnInferenceThatIsReplacedBetweenTwoLooksIsNoticed()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        await sidecar.Inference.StartAgainAsync();
        await Eventually.HoldsAsync(() => sidecar.Inference.KeysReceived == 2, "the key for the new process");
        await sidecar.WaitAsync(SidecarPhase.Ready);
    }

    [Fact]
    public async Task AnInferenceThatComesLateIsWaitedFor()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync(("KeyBroker:RetryDelay", "00:01:00"), ("KeyBroker:LongestRetryDelay", "00:05:00"));
        await sidecar.Inference.StopAsync();
        await sidecar.StartAsync();
        await sidecar.WaitAsync(SidecarPhase.Starting, "ModelNotReady");
        await sidecar.Inference.StartAsync();
        await sidecar.WaitAsync(SidecarPhase.Ready);
    }
}
