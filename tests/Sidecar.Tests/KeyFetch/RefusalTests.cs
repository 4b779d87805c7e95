using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Sidecar.Tests.Running;

namespace ConfidentialOperator.Sidecar.Tests.KeyFetch;

/// <summary>Whatever is refused stands in the status with its reason, and mends itself when the cause goes away.</summary>
public sealed class RefusalTests
{
    public static TheoryData<string, RefusalReason> Steps() => new()
    {
        { "auth", RefusalReason.ProtocolVersionNotSupported },
        { "auth", RefusalReason.RateLimited },
        { "attest", RefusalReason.SignatureInvalid },
        { "attest", RefusalReason.NonceMismatch },
        { "attest", RefusalReason.DevelopmentRootNotAccepted },
        { "resource", RefusalReason.MeasurementNotAccepted },
        { "resource", RefusalReason.InitDataNotAccepted },
        { "resource", RefusalReason.PolicyNotFound },
        { "resource", RefusalReason.PolicyExpired },
        { "resource", RefusalReason.ApprovalsMissing },
        { "clinic/triage-notes/v3", RefusalReason.ResourceNotOfModel },
        { "clinic/callers/v1", RefusalReason.ResourceNotFound },
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task ARefusalOfTheBrokerStandsInTheStatusAndHealsItself(string step, RefusalReason reason)
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        sidecar.Broker.Refusals[step] = new(reason, "The rule that refused.");
        await sidecar.StartAsync();
        SidecarStatus status = await sidecar.WaitRefusedAsync(reason.ToString());
        Assert.Equal("The rule that refused.", status.Message);
        Assert.Equal(0, sidecar.Inference.KeysReceived);
        sidecar.Broker.Refusals.Clear();
        Assert.Equal("", (await sidecar.WaitAsync(SidecarPhase.Ready)).Reason);
    }

    [Theory]
    [InlineData(RefusalReason.ModelKeyWrong)]
    [InlineData(RefusalReason.ChunkCorrupt)]
    [InlineData(RefusalReason.ModelInvalid)]
    [InlineData(RefusalReason.NetworkNotConfined)]
    public async Task ARefusalOfInferenceStandsInTheStatusAndIsTriedAgain(RefusalReason reason)
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        sidecar.Inference.LoadRefusal = new(reason, "model.onnx, chunk 3");
        await sidecar.StartAsync();
        Assert.Equal("model.onnx, chunk 3", (await sidecar.WaitRefusedAsync(reason.ToString())).Message);
        int keys = sidecar.Inference.KeysReceived;
        await Eventually.HoldsAsync(() => sidecar.Inference.KeysReceived > keys, "another try");
        sidecar.Inference.LoadRefusal = null;
        await sidecar.WaitAsync(SidecarPhase.Ready);
    }

    [Fact]
    public async Task WithoutEvidenceTheStatusSaysWhichSourcesWereTried()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync(
            ("Evidence:TsmPath", "/nowhere/tsm"), ("Evidence:SevGuestPath", "/nowhere/sev-guest"));
        await sidecar.GuestApi!.DisposeAsync();
        sidecar.GuestApi = null;
        await sidecar.StartAsync();
        SidecarStatus status = await sidecar.WaitRefusedAsync("EvidenceUnavailable");
        Assert.Contains("guest API", status.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/tsm", status.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/sev-guest", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrusteesErrorsHaveAReasonToo()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        sidecar.Broker.Refusals["resource"] = new(RefusalReason.None, "");
        sidecar.Broker.RefusalStatus = 401;
        sidecar.Broker.RefusalBody = """{"type":"https://github.com/confidential-containers/kbs/errors/PolicyDeny","detail":"denied\u001b[2J"}""";
        await sidecar.StartAsync();
        SidecarStatus status = await sidecar.WaitRefusedAsync("NotAuthorized");
        Assert.Contains("denied", status.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', status.Message);
    }

    [Theory]
    [InlineData(500, "", "KeyBrokerUnavailable")]
    [InlineData(502, "<html>", "KeyBrokerUnavailable")]
    [InlineData(404, "[]", "ResourceNotFound")]
    [InlineData(429, "{", "RateLimited")]
    [InlineData(401, "\"text\"", "NotAuthorized")]
    public async Task AnAnswerInNoKnownFormIsJudgedByItsStatus(int code, string body, string reason)
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        sidecar.Broker.Refusals["attest"] = new(RefusalReason.None, "");
        sidecar.Broker.RefusalStatus = code;
        sidecar.Broker.RefusalBody = body;
        await sidecar.StartAsync();
        await sidecar.WaitRefusedAsync(reason);
    }
}
