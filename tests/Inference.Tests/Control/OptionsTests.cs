using System.Diagnostics;
using ConfidentialOperator.Inference.Tests.Running;

namespace ConfidentialOperator.Inference.Tests.Control;

/// <summary>The environment is measured; a wrong one is refused with the name of what is wrong.</summary>
public sealed class OptionsTests
{
    [Theory]
    [InlineData("snp")]
    [InlineData("tdx")]
    [InlineData("h100")]
    [InlineData("nitro")]
    public void TheEnvironmentOfARenderedPodIsTaken(string example)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Generation.TestModels.Root, "tests", "Golden", example, "objects.yaml"));
        Dictionary<string, string?> given = lines.Zip(lines.Skip(1))
            .Where(pair => pair.First.Contains("- name: Inference__", StringComparison.Ordinal))
            .ToDictionary(pair => pair.First.Split("name: ")[1].Replace("__", ":", StringComparison.Ordinal), pair => (string?)pair.Second.Split("value: ")[1].Trim('"'));
        Assert.True(given.Count >= 8, $"{given.Count} variables");
        RuntimeOptions options = InferenceApplication.Read(new ConfigurationBuilder().AddInMemoryCollection(given).Build());
        Assert.Equal(given["Inference:Model:ManifestDigest"], options.Model.ManifestDigest);
        Assert.Equal("/run/confidential-model/keys.sock", options.KeysSocket);
        Assert.Equal("/run/confidential-model/inference.sock", options.InferenceSocket);
    }

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
    [InlineData("Inference__RuntimeDirectory", "/a-folder-with-a-name-that-is-too-long-for-the-address-of-a-socket-as-the-kernel-takes-it/and-more", "RuntimeDirectory")]
    [InlineData("Inference__ModelDirectory", null, "ModelDirectory")]
    public async Task AWrongEnvironmentIsRefusedByName(string name, string? value, string named)
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceProcess process = InferenceProcess.Launch(model, new ProcessStartInfo(InferenceProcess.Executable), (name, value));
        Assert.Equal(30, await process.ExitAsync());
        await process.UntilWritesAsync(named);
        Assert.DoesNotContain("   at ", process.Output);
    }

    [Fact]
    public async Task AFolderThatIsNotThereIsSaid()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceProcess process = InferenceProcess.Launch(model, new ProcessStartInfo(InferenceProcess.Executable),
            ("Inference__RuntimeDirectory", "/nowhere/at-all"));
        Assert.Equal(1, await process.ExitAsync());
        await process.UntilWritesAsync("/nowhere/at-all");
        Assert.DoesNotContain("   at ", process.Output);
    }
}
