using System.Net;
using ConfidentialOperator.Inference.Tests.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Tests.Control;

/// <summary>The two sockets: made new, for the owner only, each with its own endpoints.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class SocketTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task SocketsAreForTheirOwnerOnly()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceProcess process = await InferenceProcess.StartAsync(model);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(process.RuntimeFolder, "keys.sock")));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(process.RuntimeFolder, "inference.sock")));
    }

    [Fact]
    public async Task WhatAProcessLeftBehindIsReplaced()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        string runtime = "";
        await using (InferenceProcess first = await InferenceProcess.StartAsync(model))
        {
            runtime = first.RuntimeFolder;
            await using InferenceProcess second = await InferenceProcess.StartInAsync(runtime, model);
            string key = await first.Sockets.Control.GetStringAsync("/v1/tee-key", TestContext.Current.CancellationToken);
            using var sockets = new GuestSockets(runtime);
            Assert.NotEqual(key, await sockets.Control.GetStringAsync("/v1/tee-key", TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task AnEndpointOfTheOtherSocketDoesNotExist()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model);
        CancellationToken stop = TestContext.Current.CancellationToken;
        foreach (string path in new[] { "/v1/state", "/v1/tee-key", "/v1/keyset", "/v1/ohttp-keys", "/metrics" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await host.Sockets.Ciphertext.GetAsync(path, stop)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await host.Sockets.Control.PostAsync("/v1/sealed", null, stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Sockets.Control.GetAsync("/v1/chat/completions", stop)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Sockets.Control.GetAsync("/metrics", stop)).StatusCode);
    }

    [Fact]
    public async Task ControlMessagesAreReadStrictly()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model);
        await Answers.AssertProblemAsync(HttpStatusCode.BadRequest, RefusalReason.Malformed, await host.Sockets.PutAsync("/v1/identity", "not JSON"u8.ToArray()));
        await Answers.AssertProblemAsync(HttpStatusCode.BadRequest, RefusalReason.Malformed,
            await host.Sockets.PutIdentityAsync(GuestSockets.Identity with { InitDataSha256 = "12" }));
        await Answers.AssertProblemAsync(HttpStatusCode.BadRequest, RefusalReason.Malformed,
            await host.Sockets.PutIdentityAsync(GuestSockets.Identity with { TlsSpkiSha256 = ["zz"] }));
        await Answers.AssertProblemAsync(HttpStatusCode.RequestEntityTooLarge, RefusalReason.TooLarge, await host.Sockets.PutAsync("/v1/identity", new byte[70_000]));
        await Answers.AssertProblemAsync(HttpStatusCode.BadRequest, RefusalReason.Malformed, await host.Sockets.PutAsync("/v1/model-key", "{"u8.ToArray()));
        await Answers.AssertAsync(HttpStatusCode.NoContent, await host.Sockets.PutIdentityAsync(GuestSockets.Identity with { PolicySha256 = "" }));
    }
}
