using System.Diagnostics;
using ConfidentialOperator.Inference.Tests.Running;

namespace ConfidentialOperator.Inference.Tests.Control;

/// <summary>The environment is measured; a wrong one is refused with the name of what is wrong.</summary>
public sealed class OptionsTests
{
    [Theory]
    [InlineData("Inference__Access__Mode", "", "Mode")]
    [InlineData("Inference__Access__Mode", "closed", "Mode")]
    [InlineData("Inference__Model__ManifestDigest", "sha256:1234", "ManifestDigest")]
    [InlineData("Inference__Model__Name", "a b", "Name")]
    [InlineData("Inference__Model__Task", "poetry", "Task")]
    [InlineData("Inference__MaxConcurrentRequests", "0", "MaxConcurrentRequests")]
    [InlineData("Inference__Padding", "some", "Padding")]
    [InlineData("Inference__Paddding", "off", "Paddding")]
    [InlineData("Inference__RuntimeDirectory", "", "RuntimeDirectory")]
    [InlineData("Inference__ModelDirectory", null, "ModelDirectory")]
    public async Task AWrongEnvironmentIsRefusedByName(string name, string? value, string named)
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceProcess process = InferenceProcess.Launch(model, new ProcessStartInfo(InferenceProcess.Executable), (name, value));
        Assert.Equal(30, await process.ExitAsync());
        Assert.Contains(named, process.Output);
        Assert.DoesNotContain("   at ", process.Output);
    }
}
