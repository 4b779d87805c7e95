using ConfidentialOperator.Sidecar.Tests.Running;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Sidecar.Tests.Endpoints;

/// <summary>A wrong option ends the program at its start with the option's name.</summary>
public sealed class OptionsTests
{
    [Theory]
    [InlineData("ListenAddress", "everywhere")]
    [InlineData("ListenAddress", "")]
    [InlineData("Replica", "no uid")]
    [InlineData("HttpPort", "70000")]
    [InlineData("Tee", "sgx")]
    [InlineData("Tenant", "../clinic")]
    [InlineData("ReattestInterval", "00:00:00")]
    [InlineData("Peers", "http://peers")]
    [InlineData("Model:Name", "")]
    [InlineData("Model:ManifestDigest", "sha256:AB")]
    [InlineData("KeyBroker:Url", "http://127.0.0.1:8443")]
    [InlineData("KeyBroker:Url", "https://user@broker")]
    [InlineData("Resources:ModelKey", "kbs:///a/b")]
    [InlineData("Resources:Callers", "kbs:///../b/c")]
    [InlineData("Evidence:Source", "tpm")]
    [InlineData("Evidence:GuestApiUrl", "https://elsewhere/path")]
    [InlineData("Limits:SealedRequests", "0")]
    public async Task AWrongOptionIsNamed(string name, string value)
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync((name, value));
        OptionsValidationException exception = await Assert.ThrowsAsync<OptionsValidationException>(sidecar.StartAsync);
        Assert.Contains(name.Split(':')[^1], exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheInitDataMustBeThereAndText()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        await File.WriteAllBytesAsync(sidecar.Folder["initdata.toml"], [0xC3, 0x28], TestContext.Current.CancellationToken);
        Assert.Contains("UTF-8", (await Assert.ThrowsAsync<InvalidDataException>(sidecar.StartAsync)).Message, StringComparison.Ordinal);
        File.Delete(sidecar.Folder["initdata.toml"]);
        Assert.Contains("does not exist", (await Assert.ThrowsAsync<InvalidDataException>(sidecar.StartAsync)).Message, StringComparison.Ordinal);
    }
}
