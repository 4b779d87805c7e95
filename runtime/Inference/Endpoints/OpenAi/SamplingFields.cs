using System.Text.Json;
using ConfidentialOperator.Inference.Endpoints.Reading;
using ConfidentialOperator.Inference.Generation;

namespace ConfidentialOperator.Inference.Endpoints.OpenAi;

/// <summary>The fields that chat and completions share.</summary>
internal static class SamplingFields
{
    private const int MostStops = 4;

    /// <summary>Reads how the answer is chosen.</summary>
    /// <param name="reader">The request.</param>
    /// <param name="mostTokens">The names of the field with the most tokens; only one may be given.</param>
    /// <param name="defaultTokens">The most tokens when nothing is said; null: as many as the context holds.</param>
    public static GenerationOptions Read(RequestReader reader, string[] mostTokens, int? defaultTokens)
    {
        long?[] limits = [.. mostTokens.Select(name => reader.Integer(name, 1, int.MaxValue))];
        if (limits.Count(limit => limit is not null) > 1)
        {
            reader.Fail(mostTokens[0], $"must not stand together with '{mostTokens[1]}'");
        }

        double? topP = reader.Number("top_p", 0, 1);
        if (topP == 0)
        {
            reader.Fail("top_p", "must be above 0");
        }

        return new GenerationOptions
        {
            MaxTokens = (int?)limits.FirstOrDefault(limit => limit is not null) ?? defaultTokens,
            Temperature = reader.Number("temperature", 0, 2) ?? 1,
            TopP = topP ?? 1,
            Seed = reader.Integer("seed", long.MinValue, long.MaxValue),
            Stop = Stops(reader),
        };
    }

    /// <summary>Reads <c>stream</c> and <c>stream_options</c>.</summary>
    public static (bool Stream, bool IncludeUsage) ReadStream(RequestReader reader)
    {
        bool stream = reader.Flag("stream") ?? false;
        RequestReader? options = reader.Child("stream_options");
        if (options is not null && !stream)
        {
            reader.Fail("stream_options", "goes together with 'stream': true only");
        }

        options?.Ignore("include_obfuscation");
        return (stream, options?.Flag("include_usage") ?? false);
    }

    /// <summary>Takes what clients send by habit, as long as it asks for nothing that is not done here.</summary>
    public static void ReadNeutral(RequestReader reader)
    {
        reader.OnlyIf("n", "1", value => IsNumber(value, 1));
        reader.OnlyIf("frequency_penalty", "0", value => IsNumber(value, 0));
        reader.OnlyIf("presence_penalty", "0", value => IsNumber(value, 0));
        reader.OnlyIf("logit_bias", "an empty object", value => value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any());
        reader.Ignore("user", "safety_identifier", "prompt_cache_key");
    }

    /// <summary>Says whether a value is this number.</summary>
    public static bool IsNumber(JsonElement value, double number) => value.ValueKind == JsonValueKind.Number && value.GetDouble().Equals(number);

    private static IReadOnlyList<string> Stops(RequestReader reader)
    {
        IReadOnlyList<string> stops = reader.Texts("stop", MostStops) ?? [];
        if (stops.Any(stop => stop.Length == 0))
        {
            reader.Fail("stop", "must not have an empty text");
        }

        return stops;
    }
}
