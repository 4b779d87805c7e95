using System.Net;
using ConfidentialOperator.Inference.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Inference.Tests.Access;

/// <summary>Who may ask: said inside the sealed request, and answered inside the sealed answer.</summary>
public sealed class CallerTests
{
    [Fact]
    public async Task OnlyAKnownCallerOfThisModelIsAnswered()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model);
        TestCaller known = TestCaller.Create("known");
        TestCaller other = TestCaller.Create("other", model: "another-model");
        TestCaller late = TestCaller.Create("late", notAfter: host.Clock.GetUtcNow().AddMinutes(1));
        await host.Sockets.ServeAsync(model, known, other, late);

        (await Client(host, known.Key).GetAsync("/v1/models")).AssertOk();
        (await Client(host, late.Key).GetAsync("/v1/models")).AssertOk();
        (await Client(host, null).GetAsync("/v1/models")).AssertError(401, RefusalReason.CallerUnknown);
        (await Client(host, "cfm_short").GetAsync("/v1/models")).AssertError(401, RefusalReason.CallerUnknown);
        SealedAnswer answer = await Client(host, TestCaller.Create("stranger").Key).PostAsync("/v1/chat/completions", "{}");
        Assert.Equal("authentication_error", (string?)answer.AssertError(401, RefusalReason.CallerUnknown)["type"]);
        Assert.Equal("Bearer", answer.Head.Header("www-authenticate"));
        (await Client(host, other.Key).GetAsync("/v1/models")).AssertError(403, RefusalReason.CallerModelForbidden);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        (await Client(host, late.Key).GetAsync("/v1/models")).AssertError(401, RefusalReason.CallerExpired);

        SealedAnswer tensor = await Client(host, null).PostAsync("/v2/models/model/infer", "{}");
        Assert.Equal(401, tensor.Status);
        Assert.StartsWith(nameof(RefusalReason.CallerUnknown), (string?)tensor.Json["error"]);
    }

    [Fact]
    public async Task ARevokedCallerIsOutWithTheNextList()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model);
        TestCaller first = TestCaller.Create("first");
        TestCaller second = TestCaller.Create("second");
        await host.Sockets.ServeAsync(model, first, second);
        (await Client(host, second.Key).GetAsync("/v1/models")).AssertOk();
        await Answers.AssertAsync(HttpStatusCode.NoContent, await host.Sockets.PutSecretAsync("/v1/callers", model.Callers(2, first.Entry)));
        (await Client(host, second.Key).GetAsync("/v1/models")).AssertError(401, RefusalReason.CallerUnknown);
        (await Client(host, first.Key).GetAsync("/v1/models")).AssertOk();
    }

    [Fact]
    public async Task AListCountsOnlyFromAnOwnerAndNeverGoesBack()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model);
        TestCaller caller = TestCaller.Create("a");
        await host.Sockets.ServeAsync(model, caller);
        await Answers.AssertAsync(HttpStatusCode.NoContent, await host.Sockets.PutSecretAsync("/v1/callers", model.Callers(5, caller.Entry)));
        await Answers.AssertAsync(HttpStatusCode.NoContent, await host.Sockets.PutSecretAsync("/v1/callers", model.Callers(5, caller.Entry)));
        using OwnerKey stranger = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        await RefusedAsync(host, SealedModel.Callers(stranger, 6));
        await RefusedAsync(host, model.Callers(4));
        await RefusedAsync(host, model.Callers(5, caller.Entry, TestCaller.Create("b").Entry));
        await RefusedAsync(host, "not an envelope"u8.ToArray());
        (await Client(host, caller.Key).GetAsync("/v1/models")).AssertOk();
    }

    [Fact]
    public async Task OpenAccessMustBeWrittenDown()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model, null, ("Inference__Access__Mode", "open"));
        await host.Sockets.ServeAsync(model);
        (await Client(host, null).GetAsync("/v1/models")).AssertOk();
    }

    [Fact]
    public async Task HealthNeedsNoCaller()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model);
        await host.Sockets.ServeAsync(model, TestCaller.Create("a"));
        Assert.True((bool)(await Client(host, null).GetAsync("/v2/health/live")).AssertOk().Json["live"]!);
        Assert.True((bool)(await Client(host, null).GetAsync("/v2/health/ready")).AssertOk().Json["ready"]!);
        Assert.Equal(401, (await Client(host, null).GetAsync("/v2")).Status);
    }

    [Fact]
    public async Task StrangersTakeNoPlaces()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model, null, ("Inference__MaxConcurrentRequests", "1"));
        TestCaller caller = TestCaller.Create("a");
        await host.Sockets.ServeAsync(model, caller);
        using var health = new HeldRequest();
        using var chat = new HeldRequest();
        Task<HttpResponseMessage>[] held = [await health.BeginAsync(host.Sockets, Client(host, null), "/v2/health/live"), await chat.BeginAsync(host.Sockets, Client(host, null))];
        for (int i = 0; i < 20; i++)
        {
            (await Client(host, caller.Key).GetAsync("/v1/models")).AssertOk();
        }

        Assert.Equal(0, (await host.Sockets.StateAsync()).InFlight);
        health.Finish();
        chat.Finish();
        Assert.All(await Task.WhenAll(held), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    private static SealedClient Client(InferenceHost host, string? key) => new(host.Sockets, key) { Time = host.Clock };

    private static async Task RefusedAsync(InferenceHost host, byte[] list) =>
        await Answers.AssertProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.CallerListInvalid,
            await host.Sockets.PutSecretAsync("/v1/callers", list));
}
