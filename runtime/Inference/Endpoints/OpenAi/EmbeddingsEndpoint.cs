using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using ConfidentialOperator.Inference.Endpoints.Reading;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Endpoints.OpenAi;

/// <summary><c>POST /v1/embeddings</c>.</summary>
internal static class EmbeddingsEndpoint
{
    public static async Task<InnerAnswer> AnswerAsync(ILoadedModel loaded, InnerRequest request, CancellationToken aborted)
    {
        if (!RequestReader.TryRead(request.Content, EmbeddingsRequest.Read, out EmbeddingsRequest? wanted, out RequestFault? fault))
        {
            return ErrorAnswers.OpenAi(fault.Refusal, fault.Field);
        }

        if (ModelChoice.Check(loaded, wanted.Model, loaded is IEmbeddingModel, "embeddings") is { } wrong)
        {
            return ErrorAnswers.OpenAi(wrong, "model");
        }

        var model = (IEmbeddingModel)loaded;
        if (wanted.Dimensions is { } dimensions && dimensions != model.Dimensions)
        {
            return ErrorAnswers.OpenAi(
                new(RefusalReason.RequestInvalid, $"The field 'dimensions' must be {model.Dimensions} for this model, or left out."), "dimensions");
        }

        Outcome<EmbeddingBatch> outcome = await model.EmbedAsync(wanted.Texts, aborted).ConfigureAwait(false);
        return outcome.Accepted
            ? new InnerAnswer { Content = Write(model.Name, outcome.Value, wanted.Base64) }
            : ErrorAnswers.OpenAi(outcome.Refusal, "input");
    }

    private static byte[] Write(string model, EmbeddingBatch batch, bool base64)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            for (int i = 0; i < batch.Vectors.Count; i++)
            {
                WriteEntry(json, batch.Vectors[i], i, base64);
            }

            json.WriteEndArray();
            json.WriteString("model", model);
            json.WriteStartObject("usage");
            json.WriteNumber("prompt_tokens", batch.PromptTokens);
            json.WriteNumber("total_tokens", batch.PromptTokens);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        byte[] content = buffer.WrittenSpan.ToArray();
        buffer.Clear();
        return content;
    }

    private static void WriteEntry(Utf8JsonWriter json, float[] vector, int index, bool base64)
    {
        json.WriteStartObject();
        json.WriteString("object", "embedding");
        json.WriteNumber("index", index);
        if (base64)
        {
            // Both processors that this runs on are little-endian, as the format is.
            json.WriteBase64String("embedding", MemoryMarshal.AsBytes<float>(vector));
        }
        else
        {
            json.WriteStartArray("embedding");
            foreach (float value in vector)
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
