using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Reading;

namespace ConfidentialOperator.Rendering.Tests;

internal static class Rendered
{
    public static ConfidentialModel Model(string example, Func<string, string>? change = null)
    {
        string text = Repository.Read($"crds/examples/{example}.yaml");
        Assert.True(ConfidentialModelReader.TryRead(change?.Invoke(text) ?? text, out ConfidentialModel? model, out IReadOnlyList<FieldError> errors), string.Join("; ", errors));
        return model;
    }

    public static RenderedModel Of(string example, Func<string, string>? change = null) =>
        ModelRenderer.Render(new RenderRequest { Model = Model(example, change) });
}
