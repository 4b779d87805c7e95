using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Sidecar.Tests.Running;

namespace ConfidentialOperator.Sidecar.Tests.Models;

/// <summary>A model that comes from a web server.</summary>
public sealed class HttpsModelTests
{
    [Fact]
    public async Task AModelIsFetchedOverHttpsWithTheQueryOfItsAddress()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        await using TestWebFolder web = await PrepareAsync(sidecar);
        sidecar.Set("Model:Uri", $"{web.Address}/models/m/?token=a%20b");
        await sidecar.StartAsync();
        await sidecar.WaitAsync(SidecarPhase.Ready);
        Assert.Equal(["manifest.json?token=a%20b", "manifest.dsse.json?token=a%20b"], web.Requests.Take(2));
        Assert.Equal(["onnx/model.onnx.sealed?token=a%20b", "tokenizer.json.sealed?token=a%20b"], web.Requests.Skip(2).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(404, "SealedFileMissing")]
    [InlineData(403, "ModelFetchFailed")]
    [InlineData(500, "ModelFetchFailed")]
    public async Task AStatusThatIsNotASuccessIsTold(int status, string reason)
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        await using TestWebFolder web = await PrepareAsync(sidecar);
        web.Status = status;
        await sidecar.StartAsync();
        await sidecar.WaitRefusedAsync(reason);
        web.Status = null;
        await sidecar.WaitAsync(SidecarPhase.Ready);
    }

    [Fact]
    public async Task AnAnswerThatBreaksOffIsFetchedAgain()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        await using TestWebFolder web = await PrepareAsync(sidecar);
        web.BreakOff = true;
        await sidecar.StartAsync();
        await sidecar.WaitRefusedAsync("ModelFetchFailed");
        Assert.DoesNotContain(Directory.GetFiles(sidecar.Folder["model"], "*", SearchOption.AllDirectories), file => !file.EndsWith(".part", StringComparison.Ordinal));
        web.BreakOff = false;
        await sidecar.WaitAsync(SidecarPhase.Ready);
    }

    [Fact]
    public async Task ARedirectionDoesNotLeaveTls()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        await using TestWebFolder web = await PrepareAsync(sidecar);
        (web.Status, web.Redirect) = (302, "http://127.0.0.1:9/m");
        await sidecar.StartAsync();
        SidecarStatus status = await sidecar.WaitRefusedAsync("ModelFetchFailed");
        Assert.Contains("302", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerOfAnotherAuthorityIsNotAsked()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        await using TestWebFolder web = await PrepareAsync(sidecar);
        sidecar.Set("Model:CaPath", sidecar.Folder["ca.crt"]);
        await sidecar.StartAsync();
        await sidecar.WaitRefusedAsync("ModelFetchFailed");
        Assert.Empty(web.Requests);
    }

    private static async Task<TestWebFolder> PrepareAsync(RunningSidecar sidecar)
    {
        TestWebFolder web = await TestWebFolder.StartAsync(sidecar.Model.Folder);
        await File.WriteAllTextAsync(sidecar.Folder["web.crt"], web.CaPem, TestContext.Current.CancellationToken);
        sidecar.Set("Model:Uri", web.Address + "/models/m");
        sidecar.Set("Model:CaPath", sidecar.Folder["web.crt"]);
        return web;
    }
}
