using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.FakeTee.Endpoints;

/// <summary>
/// Answers in the shapes of OpenAI and the Open Inference Protocol with the request's own words, so that a test can see what reached the inside.
/// </summary>
public static class EchoModel
{
    /// <summary>Answers one request.</summary>
    public static async Task AnswerAsync(BinaryHttpRequest request, JsonNode? body, string model, SealedResponse response, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(response);
        string path = request.Path.Split('?')[0];
        if (path == "/v1/chat/completions" && body?["stream"]?.GetValue<bool>() == true)
        {
            await StreamAsync(body, model, response, cancellationToken).ConfigureAwait(false);
            return;
        }

        JsonNode? answer = path switch
        {
            "/v1/models" => new JsonObject { ["object"] = "list", ["data"] = new JsonArray(new JsonObject { ["id"] = model, ["object"] = "model", ["created"] = 1, ["owned_by"] = "owner" }) },
            "/v1/chat/completions" => Completion(model, Echo(body)),
            "/v1/embeddings" => Embeddings(body, model),
            "/v2" => new JsonObject { ["name"] = "echo", ["version"] = "1", ["extensions"] = new JsonArray() },
            _ when path == $"/v2/models/{model}" => new JsonObject { ["name"] = model, ["platform"] = "onnx" },
            _ when path == $"/v2/models/{model}/ready" => new JsonObject { ["ready"] = true },
            _ when path == $"/v2/models/{model}/infer" => new JsonObject { ["model_name"] = model, ["outputs"] = body?["inputs"]?.DeepClone() },
            _ => null,
        };
        await WriteAsync(response, answer is null ? 404 : 200, answer ?? Error($"no route {path}", "not_found"), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a whole JSON answer.</summary>
    public static async Task WriteAsync(SealedResponse response, int status, JsonNode body, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(body);
        response.WriteHead(new BinaryHttpResponse(status, [new("content-type", "application/json")]));
        await response.WriteAsync(Encoding.UTF8.GetBytes(body.ToJsonString()), cancellationToken).ConfigureAwait(false);
        await response.CompleteAsync(0, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns an error in OpenAI's shape.</summary>
    public static JsonObject Error(string message, string code) =>
        new() { ["error"] = new JsonObject { ["message"] = message, ["type"] = "invalid_request_error", ["param"] = null, ["code"] = code } };

    /// <summary>Returns one server-sent event of a streamed completion; null is the end.</summary>
    public static byte[] Event(string model, string? delta)
    {
        JsonObject choice = delta is null
            ? new() { ["index"] = 0, ["delta"] = new JsonObject(), ["finish_reason"] = "stop" }
            : new() { ["index"] = 0, ["delta"] = new JsonObject { ["role"] = "assistant", ["content"] = delta }, ["finish_reason"] = null };
        var chunk = new JsonObject
        {
            ["id"] = "chatcmpl-1",
            ["object"] = "chat.completion.chunk",
            ["created"] = 1,
            ["model"] = model,
            ["choices"] = new JsonArray(choice),
        };
        return Encoding.UTF8.GetBytes($"data: {chunk.ToJsonString()}\n\n" + (delta is null ? "data: [DONE]\n\n" : ""));
    }

    private static async Task StreamAsync(JsonNode body, string model, SealedResponse response, CancellationToken cancellationToken)
    {
        response.WriteHead(new BinaryHttpResponse(200, [new("content-type", "text/event-stream")]));
        foreach (string word in Echo(body).Split(' '))
        {
            await response.WriteAsync(Event(model, word + " "), cancellationToken).ConfigureAwait(false);
        }

        await response.WriteAsync(Event(model, null), cancellationToken).ConfigureAwait(false);
        await response.CompleteAsync(0, cancellationToken).ConfigureAwait(false);
    }

    private static string Echo(JsonNode? body) => "you said: " + body?["messages"]?.AsArray()[^1]?["content"]?.GetValue<string>();

    private static JsonObject Completion(string model, string text) => new()
    {
        ["id"] = "chatcmpl-1",
        ["object"] = "chat.completion",
        ["created"] = 1,
        ["model"] = model,
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text },
            ["finish_reason"] = "stop",
        }),
        ["usage"] = new JsonObject { ["prompt_tokens"] = 1, ["completion_tokens"] = 1, ["total_tokens"] = 2 },
    };

    /// <summary>The vector of a text counts its letters: texts of the same letters are near each other.</summary>
    private static JsonObject Embeddings(JsonNode? body, string model)
    {
        string[] inputs = body?["input"] is JsonArray list ? [.. list.Select(entry => entry!.GetValue<string>())] : [body?["input"]?.GetValue<string>() ?? ""];
        return new JsonObject
        {
            ["object"] = "list",
            ["model"] = model,
            ["data"] = new JsonArray([.. inputs.Select((text, at) => (JsonNode)new JsonObject
            {
                ["object"] = "embedding",
                ["index"] = at,
                ["embedding"] = JsonSerializer.SerializeToNode(Letters(text)),
            })]),
            ["usage"] = new JsonObject { ["prompt_tokens"] = 1, ["total_tokens"] = 1 },
        };
    }

    private static float[] Letters(string text) => [.. Enumerable.Range('a', 26).Select(letter => (float)text.Count(c => char.ToLowerInvariant(c) == letter))];
}
