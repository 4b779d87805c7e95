using ConfidentialOperator.Inference.Endpoints.Reading;

namespace ConfidentialOperator.Inference.Endpoints.OpenAi;

/// <summary>The body of <c>POST /v1/embeddings</c>.</summary>
internal sealed record EmbeddingsRequest
{
    private const int MostTexts = 2048;
    private static readonly string[] s_formats = ["float", "base64"];

    public required string Model { get; init; }

    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>Gets whether vectors are written as Base64 of little-endian floats.</summary>
    public required bool Base64 { get; init; }

    /// <summary>Gets the dimensions that are asked for; null: as many as the model has.</summary>
    public required long? Dimensions { get; init; }

    public static EmbeddingsRequest Read(RequestReader reader)
    {
        reader.Ignore("user");
        string format = reader.Text("encoding_format") ?? "float";
        if (!s_formats.Contains(format))
        {
            reader.Fail("encoding_format", "must be float or base64");
        }

        IReadOnlyList<string>? texts = reader.Texts("input", MostTexts);
        if (texts is { Count: 0 })
        {
            reader.Fail("input", "must have at least one text");
        }

        return new EmbeddingsRequest
        {
            Model = reader.RequiredText("model"),
            Texts = texts ?? reader.Missing<IReadOnlyList<string>>("input", []),
            Base64 = format == "base64",
            Dimensions = reader.Integer("dimensions", 1, int.MaxValue),
        };
    }

    public override string ToString() => nameof(EmbeddingsRequest);
}
