using System.Text.Json.Nodes;
using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Reading;

namespace ConfidentialOperator.Rendering.Tests;

/// <summary>What a model's source adds to the pod: a volume, a pull secret, a certificate authority; and to nobody but the sidecar.</summary>
public sealed class ModelSourceTests
{
    private const string Registry = "oci://registry.example/models/triage-notes@sha256:7e887edb52b723997076a9f5a72bef4473227a303cbc2cf5118e7be261f41c13";

    [Fact]
    public void A_volume_is_mounted_read_only()
    {
        RenderedModel rendered = Rendered.Of("snp", text => text.Replace(Registry, "pvc://models/triage/v3", StringComparison.Ordinal));
        JsonNode volume = Volume(rendered, "source")["persistentVolumeClaim"]!;
        Assert.Equal(("models", true), ((string)volume["claimName"]!, (bool)volume["readOnly"]!));
        Assert.Equal("/mnt/model-source", Variable(rendered, "Sidecar__Model__VolumePath"));
        Assert.True((bool)Mount(rendered, "source")["readOnly"]!);
        Assert.DoesNotContain("source.invalid", rendered.Objects.Select(item => item.ToJsonString()).Aggregate((all, one) => all + one), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pull_secret_and_an_authority_are_shown_to_the_sidecar_only()
    {
        RenderedModel rendered = Rendered.Of("snp", text => text.Replace($"uri: {Registry}",
            $"uri: {Registry}\n    pullSecretRef: {{name: registry-login}}\n    caSecretRef: {{name: registry-ca}}", StringComparison.Ordinal));
        Assert.Equal("registry-login", (string)Volume(rendered, "source-registry")["secret"]!["secretName"]!);
        Assert.Equal("/etc/model-registry/.dockerconfigjson", Variable(rendered, "Sidecar__Model__CredentialsPath"));
        Assert.Equal("registry-ca", (string)Volume(rendered, "source-ca")["secret"]!["secretName"]!);
        Assert.Equal("/etc/model-source/ca.crt", Variable(rendered, "Sidecar__Model__CaPath"));
        JsonNode inference = rendered.PodTemplate["spec"]!["containers"]![0]!;
        Assert.DoesNotContain(inference["volumeMounts"]!.AsArray(), mount => ((string)mount!["name"]!).StartsWith("source", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_any_nothing_is_added()
    {
        RenderedModel rendered = Rendered.Of("snp");
        Assert.DoesNotContain(rendered.PodTemplate["spec"]!["volumes"]!.AsArray(), volume => ((string)volume!["name"]!).StartsWith("source", StringComparison.Ordinal));
        Assert.Null(Variable(rendered, "Sidecar__Model__CaPath"));
    }

    [Theory]
    [InlineData("oci://registry.example/models/m:v1")]
    [InlineData("oci://registry.example/models/m@sha256:abc")]
    [InlineData("pvc://")]
    [InlineData("pvc://claim/../other folder")]
    public void An_address_without_an_identity_or_a_claim_is_refused(string uri)
    {
        string text = Repository.Read("crds/examples/snp.yaml").Replace(Registry, uri, StringComparison.Ordinal);
        Assert.False(ConfidentialModelReader.TryRead(text, out ConfidentialModel? _, out IReadOnlyList<FieldError> errors));
        Assert.Contains(errors, error => error.Path == "spec.model.uri");
    }

    private static JsonNode Volume(RenderedModel rendered, string name) =>
        rendered.PodTemplate["spec"]!["volumes"]!.AsArray().Single(volume => (string)volume!["name"]! == name)!;

    private static JsonNode Mount(RenderedModel rendered, string name) =>
        Sidecar(rendered)["volumeMounts"]!.AsArray().Single(mount => (string)mount!["name"]! == name)!;

    private static string? Variable(RenderedModel rendered, string name) =>
        (string?)Sidecar(rendered)["env"]!.AsArray().SingleOrDefault(entry => (string)entry!["name"]! == name)?["value"];

    private static JsonNode Sidecar(RenderedModel rendered) =>
        rendered.PodTemplate["spec"]!["containers"]!.AsArray().Single(container => (string)container!["name"]! == "sidecar")!;
}
