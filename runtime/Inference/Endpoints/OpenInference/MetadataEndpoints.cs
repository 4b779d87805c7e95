using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Inference.Generation;

namespace ConfidentialOperator.Inference.Endpoints.OpenInference;

/// <summary>The metadata and health endpoints of the Open Inference Protocol.</summary>
internal static class MetadataEndpoints
{
    private static readonly string s_version = typeof(MetadataEndpoints).Assembly.GetName().Version?.ToString(3) ?? "";

    public static InnerAnswer Server() => Answer(new JsonObject
    {
        ["name"] = "confidential-operator",
        ["version"] = s_version,
        ["extensions"] = new JsonArray("binary_tensor_data"),
    });

    public static InnerAnswer Live() => Answer(new JsonObject { ["live"] = true });

    public static InnerAnswer Ready() => Answer(new JsonObject { ["ready"] = true });

    public static InnerAnswer ModelReady(ILoadedModel model) => Answer(new JsonObject { ["name"] = model.Name, ["ready"] = true });

    public static InnerAnswer Model(ILoadedModel model, long version)
    {
        var tensors = model as ITensorModel;
        return Answer(new JsonObject
        {
            ["name"] = model.Name,
            ["versions"] = new JsonArray(version.ToString()),
            ["platform"] = "onnxruntime_onnx",
            ["inputs"] = Describe(tensors?.Inputs),
            ["outputs"] = Describe(tensors?.Outputs),
        });
    }

    private static JsonArray Describe(IReadOnlyList<TensorMetadata>? tensors) => [.. (tensors ?? []).Select(tensor => new JsonObject
    {
        ["name"] = tensor.Name,
        ["datatype"] = tensor.DataType.Word(),
        ["shape"] = new JsonArray([.. tensor.Shape.Select(dimension => (JsonNode)dimension)]),
    })];

    private static InnerAnswer Answer(JsonObject document) => new() { Content = Encoding.UTF8.GetBytes(document.ToJsonString()) };
}
