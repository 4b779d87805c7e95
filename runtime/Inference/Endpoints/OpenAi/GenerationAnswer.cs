using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Inference.Generation;

namespace ConfidentialOperator.Inference.Endpoints.OpenAi;

/// <summary>Turns a generation into OpenAI's answer: whole, or as server-sent events.</summary>
internal sealed class GenerationAnswer
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IAnswerForm _form;
    private readonly RuntimeOptions _options;
    private readonly string _id;
    private readonly long _created;

    public GenerationAnswer(IAnswerForm form, RuntimeOptions options, TimeProvider time)
    {
        (_form, _options) = (form, options);
        _id = form.IdPrefix + RandomNumberGenerator.GetHexString(24, lowercase: true);
        _created = time.GetUtcNow().ToUnixTimeSeconds();
    }

    /// <summary>Makes the whole answer, and ends the generation.</summary>
    public async Task<InnerAnswer> WholeAsync(IGeneration generation, CancellationToken aborted)
    {
        await using (generation.ConfigureAwait(false))
        {
            var text = new StringBuilder();
            await foreach (string piece in generation.PiecesAsync(aborted).ConfigureAwait(false))
            {
                text.Append(piece);
            }

            JsonObject document = Document(_form.Whole(text.ToString(), generation.FinishReason.Word()), streamed: false);
            document["usage"] = Usage(generation);
            return new InnerAnswer { Content = Bytes(document) };
        }
    }

    /// <summary>Makes the answer as a stream, which ends the generation.</summary>
    public InnerAnswer Streamed(IGeneration generation, bool includeUsage) => new()
    {
        ContentType = InnerAnswer.EventStream,
        Events = EventsAsync(generation, includeUsage),
    };

    private async IAsyncEnumerable<byte[]> EventsAsync(IGeneration generation, bool includeUsage, [EnumeratorCancellation] CancellationToken aborted = default)
    {
        await using (generation.ConfigureAwait(false))
        {
            if (_form.Opening() is { } opening)
            {
                yield return Event(opening, includeUsage);
            }

            await foreach (string piece in generation.PiecesAsync(aborted).ConfigureAwait(false))
            {
                yield return Event(_form.Piece(piece, null), includeUsage);
            }

            yield return Event(_form.Piece("", generation.FinishReason.Word()), includeUsage);
            if (includeUsage)
            {
                JsonObject last = Document(null, streamed: true);
                last["usage"] = Usage(generation);
                yield return Event(last);
            }

            yield return "data: [DONE]\n\n"u8.ToArray();
        }
    }

    private byte[] Event(JsonObject choice, bool includeUsage)
    {
        JsonObject document = Document(choice, streamed: true);
        if (includeUsage)
        {
            document["usage"] = null;
        }

        return Event(document);
    }

    private static byte[] Event(JsonObject document) => [.. "data: "u8, .. Bytes(document), .. "\n\n"u8];

    private JsonObject Document(JsonObject? choice, bool streamed) => new()
    {
        ["id"] = _id,
        ["object"] = _form.Object(streamed),
        ["created"] = _created,
        ["model"] = _options.Model.Name,
        ["system_fingerprint"] = string.Concat("fp_", _options.Model.ManifestDigest.AsSpan("sha256:".Length, 12)),
        ["choices"] = choice is null ? [] : new JsonArray(choice),
    };

    private static JsonObject Usage(IGeneration generation) => new()
    {
        ["prompt_tokens"] = generation.PromptTokens,
        ["completion_tokens"] = generation.CompletionTokens,
        ["total_tokens"] = generation.PromptTokens + generation.CompletionTokens,
    };

    private static byte[] Bytes(JsonObject document) => Encoding.UTF8.GetBytes(document.ToJsonString(s_json));
}
