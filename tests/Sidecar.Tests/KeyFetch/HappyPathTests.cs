using System.Net;
using System.Text.Json;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Sidecar.Tests.Running;

namespace ConfidentialOperator.Sidecar.Tests.KeyFetch;

public sealed class HappyPathTests
{
    [Fact]
    public async Task AModelIsFetchedAttestedAndServed()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        SidecarStatus status = await sidecar.StatusAsync();

        Assert.Equal("", status.Reason);
        Assert.Equal("triage-notes-0/uid-1", status.Replica);
        Assert.Equal(sidecar.InitData.Sha256.ToString(), status.InitDataSha256);
        Assert.Equal(sidecar.Guest.Template.Measurement.ToString(), status.Measurement);
        Assert.Equal(TestBroker.Policy, status.PolicySha256);
        Assert.Equal(3, status.ModelVersion);
        Assert.NotNull(status.AttestedAt);
        Assert.Null(status.Progress);
        Assert.Equal(1, sidecar.Inference.KeysReceived);
        Assert.Equal(1, sidecar.Inference.CallersReceived);
        Assert.Equal(TestBroker.Policy, sidecar.Inference.Identity!.PolicySha256);
        Assert.Equal(sidecar.InitData.Sha256.ToString(), sidecar.Inference.Identity.InitDataSha256);
        Assert.Equal(sidecar.InitData.Text, sidecar.Broker.InitData);
        JsonElement extra = sidecar.Broker.ExtraParameters.GetProperty("confidential-model");
        Assert.Equal("clinic", extra.GetProperty("tenant").GetString());
        Assert.Equal("triage-notes", extra.GetProperty("model").GetString());
        Assert.Equal("triage-notes-0/uid-1", extra.GetProperty("replica").GetString());
        foreach (string file in Directory.GetFiles(sidecar.Model.Folder, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(sidecar.Folder["model"], Path.GetRelativePath(sidecar.Model.Folder, file));
            Assert.Equal(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken),
                await File.ReadAllBytesAsync(copy, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task ProbesSayWhetherTheModelIsServed()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        sidecar.Broker.Refusals["attest"] = new(Protocol.RefusalReason.MeasurementNotAccepted, "not this one");
        await sidecar.StartAsync();
        await sidecar.WaitRefusedAsync("MeasurementNotAccepted");

        Assert.Equal((HttpStatusCode.OK, "ok"), await GetAsync(sidecar, "/healthz"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Refused MeasurementNotAccepted"), await GetAsync(sidecar, "/readyz"));
        Assert.Equal((HttpStatusCode.OK, """{"live":true}"""), await GetAsync(sidecar, "/v2/health/live"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"ready":false}"""), await GetAsync(sidecar, "/v2/health/ready"));

        sidecar.Broker.Refusals.Clear();
        await sidecar.WaitAsync(SidecarPhase.Ready);
        Assert.Equal((HttpStatusCode.OK, "ok"), await GetAsync(sidecar, "/readyz"));
        Assert.Equal((HttpStatusCode.OK, """{"ready":true}"""), await GetAsync(sidecar, "/v2/health/ready"));
    }

    [Fact]
    public async Task AModelWithoutACallerListNeedsNone()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync(("Resources:Callers", ""));
        await using var inference = new FakeInference(sidecar.Folder["run2"], sidecar.Model.Key, wantsCallers: false);
        await inference.StartAsync();
        sidecar.Set("RuntimeDirectory", sidecar.Folder["run2"]);
        await sidecar.StartAsync();
        await sidecar.WaitAsync(SidecarPhase.Ready);
        Assert.Equal(0, inference.CallersReceived);
    }

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(RunningSidecar sidecar, string path)
    {
        HttpResponseMessage response = await sidecar.Client.GetAsync(path, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
