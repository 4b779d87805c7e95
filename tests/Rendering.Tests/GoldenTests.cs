using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Yaml;

namespace ConfidentialOperator.Rendering.Tests;

public sealed class GoldenTests
{
    public static TheoryData<string> Examples => [.. Repository.Examples];

    [Theory]
    [Trait("Writes", "Files")]
    [MemberData(nameof(Examples))]
    public void Rendered_objects_are_the_golden_ones(string name)
    {
        ConfidentialModel model = Rendered.Model(name);
        model = model with { Metadata = model.Metadata with { Uid = "3f2c1c9e-0000-4000-8000-000000000001" } };
        RenderedModel rendered = ModelRenderer.Render(new RenderRequest { Model = model });
        Repository.AssertIs($"tests/Golden/{name}/objects.yaml", YamlText.Write(rendered.Objects));
        Repository.AssertIs($"tests/Golden/{name}/initdata.toml", rendered.InitData);
        Repository.AssertIs($"tests/Golden/{name}/initdata.sha256", rendered.InitDataDigest + "\n");
    }
}
