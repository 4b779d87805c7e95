using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.InitData;
using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Yaml;

namespace ConfidentialOperator.Rendering.Tests;

public sealed class ModelRendererTests
{
    public static TheoryData<string> Examples => [.. Repository.Examples];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Same_request_gives_same_bytes(string name) =>
        Assert.Equal(YamlText.Write(Rendered.Of(name).Objects), YamlText.Write(Rendered.Of(name).Objects));

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_container_is_restricted_and_limited(string name)
    {
        JsonNode spec = Rendered.Of(name).PodTemplate["spec"]!;
        Assert.False((bool)spec["automountServiceAccountToken"]!);
        Assert.False((bool)spec["enableServiceLinks"]!);
        Assert.Equal(2, spec["containers"]!.AsArray().Count);
        foreach (JsonNode? container in spec["containers"]!.AsArray())
        {
            JsonNode security = container!["securityContext"]!;
            Assert.False((bool)security["allowPrivilegeEscalation"]!);
            Assert.True((bool)security["readOnlyRootFilesystem"]!);
            Assert.True((bool)security["runAsNonRoot"]!);
            Assert.Equal("ALL", (string)security["capabilities"]!["drop"]![0]!);
            Assert.Equal("RuntimeDefault", (string)security["seccompProfile"]!["type"]!);
            Assert.NotNull(container["resources"]!["limits"]!["cpu"]);
            Assert.NotNull(container["resources"]!["limits"]!["memory"]);
            Assert.Contains("@sha256:", (string)container["image"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Objects_are_owned_and_labelled()
    {
        ConfidentialModel model = Rendered.Model("snp");
        model = model with { Metadata = model.Metadata with { Uid = "u-1" } };
        foreach (JsonObject item in ModelRenderer.Render(new RenderRequest { Model = model }).Objects)
        {
            JsonNode owner = Assert.Single(item["metadata"]!["ownerReferences"]!.AsArray())!;
            Assert.Equal("u-1", (string)owner["uid"]!);
            Assert.True((bool)owner["controller"]! && (bool)owner["blockOwnerDeletion"]!);
            JsonNode labels = item["metadata"]!["labels"]!;
            Assert.Equal("triage-notes", (string)labels["app.kubernetes.io/instance"]!);
            Assert.All(
                ["name", "component", "managed-by", "part-of", "version"],
                label => Assert.NotNull(labels["app.kubernetes.io/" + label]));
        }
    }

    [Fact]
    public void Identity_of_the_object_does_not_change_what_the_owner_signs()
    {
        ConfidentialModel model = Rendered.Model("snp");
        ConfidentialModel stored = model with { Metadata = model.Metadata with { Uid = "u-1", Generation = 7 } };
        RenderedModel offline = ModelRenderer.Render(new RenderRequest { Model = model });
        RenderedModel online = ModelRenderer.Render(new RenderRequest { Model = stored, Replicas = 9 });
        Assert.Equal(offline.InitDataDigest, online.InitDataDigest);
        Assert.True(JsonNode.DeepEquals(offline.PodTemplate, online.PodTemplate));
        Assert.Equal(9, (int)online.Deployment["spec"]!["replicas"]!);
    }

    [Theory]
    [InlineData("mode: keys\n    callersResourceId: kbs:///clinic/triage-notes-callers/v1", "mode: open")]
    [InlineData("kbs:///clinic/triage-notes/v3", "kbs:///clinic/triage-notes/v4")]
    [InlineData("padding: bucket", "padding: fixed")]
    [InlineData("inference@sha256:", "other@sha256:")]
    [InlineData("https://broker.clinic", "https://broker.elsewhere")]
    [InlineData("task: chat", "task: completions")]
    public void Whatever_is_trusted_is_measured(string right, string wrong)
    {
        Assert.Contains(right, Repository.Read("crds/examples/snp.yaml"), StringComparison.Ordinal);
        RenderedModel changed = Rendered.Of("snp", text => text.Replace(right, wrong, StringComparison.Ordinal));
        Assert.NotEqual(Rendered.Of("snp").InitDataDigest, changed.InitDataDigest);
    }

    [Fact]
    public void Annotation_carries_the_initdata_of_the_config_map()
    {
        RenderedModel rendered = Rendered.Of("snp");
        string annotation = (string)rendered.PodTemplate["metadata"]!["annotations"]![InitDataDocument.Annotation]!;
        Assert.True(InitDataDocument.TryFromAnnotation(annotation, out InitDataDocument? document, out _));
        Assert.Equal(rendered.InitDataDigest, document.Sha256.ToString());
        Assert.Equal(document.Text, (string)rendered.InitDataConfigMap["data"]!["initdata.toml"]!);
        Assert.Equal(["aa.toml", "cdh.toml", "model.json", "policy.rego"], document.Files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("clinic", (string)JsonNode.Parse(document.Files["model.json"])!["tenant"]!);
    }

    [Theory]
    [InlineData("snp", "kata-qemu-snp", "2048")]
    [InlineData("tdx", "kata-qemu-tdx", "2048")]
    [InlineData("h100", "kata-qemu-nvidia-gpu-snp", "8192")]
    public void Kata_guests_have_their_class_and_size(string name, string runtimeClass, string memory)
    {
        JsonObject template = Rendered.Of(name).PodTemplate;
        Assert.Equal(runtimeClass, (string)template["spec"]!["runtimeClassName"]!);
        Assert.Equal(memory, (string)template["metadata"]!["annotations"]!["io.katacontainers.config.hypervisor.default_memory"]!);
    }

    [Fact]
    public void Gpu_is_a_limit_of_the_inference_container_only()
    {
        JsonNode spec = Rendered.Of("h100").PodTemplate["spec"]!;
        Assert.Equal("1", (string)spec["containers"]![0]!["resources"]!["limits"]!["nvidia.com/pgpu"]!);
        Assert.Null(spec["containers"]![1]!["resources"]!["limits"]!["nvidia.com/pgpu"]);
        Assert.Equal("true", (string)spec["nodeSelector"]!["nvidia.com/cc.ready.state"]!);
    }

    [Fact]
    public void Nitro_has_no_runtime_class_and_asks_for_an_enclave()
    {
        RenderedModel rendered = Rendered.Of("nitro");
        Assert.Equal("", rendered.RuntimeClassName);
        Assert.Null(rendered.PodTemplate["spec"]!["runtimeClassName"]);
        Assert.Null(rendered.PodTemplate["metadata"]!["annotations"]![InitDataDocument.Annotation]);
        Assert.Equal("1", (string)rendered.PodTemplate["spec"]!["containers"]![0]!["resources"]!["limits"]!["aws.ec2.nitro/nitro_enclaves"]!);
    }

    [Fact]
    public void Overrides_of_placement_win()
    {
        RenderedModel rendered = Rendered.Of("snp", text => text + "  placement: {runtimeClassName: kata-remote, nodeSelector: {pool: a}}\n");
        Assert.Equal("kata-remote", (string)rendered.PodTemplate["spec"]!["runtimeClassName"]!);
        Assert.Equal("a", (string)rendered.PodTemplate["spec"]!["nodeSelector"]!["pool"]!);
    }

    [Fact]
    public void Only_the_sidecar_is_probed_and_has_ports()
    {
        JsonNode containers = Rendered.Of("snp").PodTemplate["spec"]!["containers"]!;
        Assert.Equal("inference", (string)containers[0]!["name"]!);
        Assert.Null(containers[0]!["readinessProbe"]);
        Assert.Null(containers[0]!["ports"]);
        Assert.Equal("/readyz", (string)containers[1]!["readinessProbe"]!["httpGet"]!["path"]!);
    }

    [Fact]
    public void Resource_that_admission_refuses_is_not_rendered()
    {
        ConfidentialModel model = Rendered.Model("snp");
        model = model with { Spec = model.Spec with { Scaling = new ScalingSpec { MinReplicas = 1, MaxReplicas = 2 } } };
        Assert.Throws<ArgumentException>(() => ModelRenderer.Render(new RenderRequest { Model = model }));
    }
}
