using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Reading;

namespace ConfidentialOperator.Rendering.Tests.Reading;

public sealed class ConfidentialModelReaderTests
{
    public static TheoryData<string> Examples => [.. Repository.Examples];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Examples_are_valid(string name)
    {
        Assert.True(ConfidentialModelReader.TryRead(Example(name), out ConfidentialModel? model, out IReadOnlyList<FieldError> errors), string.Join("; ", errors));
        Assert.Empty(errors);
        Assert.Equal(name == "h100" ? "snp" : name, model.Spec.Tee.Type);
    }

    [Theory]
    [InlineData("task: chat", "task: poetry", "spec.model.task", "must be one of")]
    [InlineData("type: snp", "type: sgx", "spec.tee.type", "must be one of")]
    [InlineData("manifestDigest: sha256:", "manifestDigest: sha512:", "spec.model.manifestDigest", "must match")]
    [InlineData("  replicas: 2", "  replicas: two", "spec.replicas", "must be an integer")]
    [InlineData("  replicas: 2", "  replicas: -1", "spec.replicas", "must be at least 0")]
    [InlineData("    padding: bucket", "    pading: bucket", "spec.runtime.pading", "is not a known field")]
    [InlineData("    mode: keys", "    mood: keys", "spec.access.mode", "is required")]
    [InlineData("uri: oci://", "uri: ftp://", "spec.model.uri", "must begin with")]
    [InlineData("reattestInterval: 1h", "reattestInterval: 30s", "spec.attestation.reattestInterval", "from 1m to 24h")]
    [InlineData("url: https://", "url: http://", "spec.attestation.keyBroker.url", "https://")]
    [InlineData("kbs:///clinic/triage-notes-callers/v1", "kbs:///bank/triage-notes-callers/v1", "spec.access.callersResourceId", "same tenant")]
    [InlineData("kbs:///clinic/triage-notes/v3", "kbs:///clinic/v3", "spec.model.confidential.resourceId", "must match")]
    [InlineData("sidecar@sha256:", "sidecar:latest#", "spec.runtime.sidecarImage", "by digest")]
    [InlineData("  name: triage-notes\n", "  name: triage-notes-of-the-clinic-of-the-northern-district\n", "metadata.name", "40")]
    public void Wrong_field_is_named(string right, string wrong, string path, string message)
    {
        Assert.Contains(right, Example("snp"), StringComparison.Ordinal);
        Assert.False(ConfidentialModelReader.TryRead(Example("snp").Replace(right, wrong, StringComparison.Ordinal), out _, out IReadOnlyList<FieldError> errors));
        Assert.Contains(errors, error => error.Path == path && error.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_error_is_returned_not_only_the_first()
    {
        string text = Example("snp")
            .Replace("task: chat", "task: poetry", StringComparison.Ordinal)
            .Replace("type: snp", "type: sgx", StringComparison.Ordinal)
            .Replace("    padding: bucket", "    pading: bucket", StringComparison.Ordinal);
        Assert.False(ConfidentialModelReader.TryRead(text, out _, out IReadOnlyList<FieldError> errors));
        Assert.Equal(["spec.model.task", "spec.tee.type", "spec.runtime.pading"], errors.Select(error => error.Path));
    }

    [Fact]
    public void Replicas_and_scaling_exclude_each_other()
    {
        string text = Example("snp") + "  scaling: {minReplicas: 3, maxReplicas: 2}\n";
        Assert.False(ConfidentialModelReader.TryRead(text, out _, out IReadOnlyList<FieldError> errors));
        Assert.Equal(["spec.scaling", "spec.scaling.minReplicas"], errors.Select(error => error.Path));
    }

    [Fact]
    public void Gpu_without_a_confidential_cpu_is_refused()
    {
        string text = Example("nitro").Replace("    type: nitro", "    type: nitro\n    gpu: {count: 1}", StringComparison.Ordinal);
        Assert.False(ConfidentialModelReader.TryRead(text, out _, out IReadOnlyList<FieldError> errors));
        Assert.Equal("spec.tee.gpu", Assert.Single(errors).Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("kind: Pod\napiVersion: v1\n")]
    [InlineData("a: [\n")]
    [InlineData("a: &x 1\nb: *x\n")]
    [InlineData("a: 1\na: 2\n")]
    [InlineData("a: !!binary AAAA\n")]
    public void Text_that_is_no_such_resource_is_refused(string text)
    {
        Assert.False(ConfidentialModelReader.TryRead(text, out _, out IReadOnlyList<FieldError> errors));
        Assert.NotEmpty(errors);
    }

    [Fact]
    public void Numbers_are_accepted_as_quantities()
    {
        string text = Example("snp").Replace("cpu: \"4\"", "cpu: 4", StringComparison.Ordinal);
        Assert.True(ConfidentialModelReader.TryRead(text, out ConfidentialModel? model, out _));
        Assert.Equal("4", model.Spec.Runtime.Resources.Limits!["cpu"].Text);
    }

    private static string Example(string name) => Repository.Read($"crds/examples/{name}.yaml");
}
