using System.ClientModel;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Hosting;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;

namespace ConfidentialOperator.Lab.Demo.Chapters;

/// <summary>Answers, by our own tool and by ordinary programs that know nothing of us.</summary>
internal static class AnswerChapter
{
    private const string Curl = "/usr/bin/curl";

    public static async Task TellAsync(Stage stage, Telling telling, CancellationToken cancellationToken)
    {
        telling.Chapter("4  The user asks; the guest answers, sealed");
        await ChatAsync(stage, telling, cancellationToken);
        await EmbedAsync(stage, telling, cancellationToken);
        await telling.FactAsync("cfm proxy verifies all models and lists them", async () =>
        {
            await stage.StartProxyAsync(cancellationToken);
            using HttpClient client = stage.Proxy.CreateClient(stage.Owner.CallerKey);
            JsonNode? list = await client.GetFromJsonAsync<JsonNode>(new Uri("/v1/models", UriKind.Relative), cancellationToken);
            string[] names = [.. list.Items("data").Select(item => item.Text("id")!)];
            return Proof.Of(names.Order().SequenceEqual(stage.Names.Order()), string.Join(", ", names));
        });
        await PlainHttpAsync(stage, telling, cancellationToken);
        await SdkAsync(stage, telling, cancellationToken);
        await TensorAsync(stage, telling, cancellationToken);
        if (stage.Models.Count > 3) await GivenModelAsync(stage, telling, stage.Models[3].Name, cancellationToken);
    }

    private static Task ChatAsync(Stage stage, Telling telling, CancellationToken cancellationToken) =>
        telling.FactAsync("cfm chat prints the answer as it comes", async () =>
        {
            ToolResult result = await stage.User.ChatAsync("demo-faq", await stage.User.EndpointAsync("demo-faq", cancellationToken),
                Faq.Question, cancellationToken);
            telling.Say($"> {Faq.Question}");
            telling.Say(result.All.Trim());

            // How many pieces the pipe between two processes shows depends on the machine; the SDK below counts the events themselves.
            bool answered = result.Code == 0 && result.Output.Trim() == Faq.Answer;
            return Proof.Of(answered, $"{result.Pieces.Count} pieces, together the text that the model was trained on");
        });

    private static Task EmbedAsync(Stage stage, Telling telling, CancellationToken cancellationToken) =>
        telling.FactAsync("cfm embed ranks sentences by meaning, not by words", async () =>
        {
            const string Query = "I forgot my password and cannot log in";
            const string Expected = "Steps to recover access to your account";
            ToolResult result = await stage.User.EmbedAsync("use-lite", Query,
                ["The log burned in the fireplace all night", Expected, "The weather in the mountains is cold in winter"], cancellationToken);
            if (result.Code != 0) return Proof.Of(false, result.LastLine);
            List<JsonObject> ranked = [.. JsonNode.Parse(result.Output)!.AsArray().OfType<JsonObject>()];
            telling.Say($"> {Query}");
            foreach (JsonObject entry in ranked) telling.Say($"{entry["score"]!.AsValue().GetValue<double>().ToString("0.000", CultureInfo.InvariantCulture)}  {entry.Text("text")}");
            return Proof.Of(ranked[0].Text("text") == Expected, "the sentence that shares the word \"log\" is not the nearest");
        });

    private static Task PlainHttpAsync(Stage stage, Telling telling, CancellationToken cancellationToken)
    {
        bool hasCurl = File.Exists(Curl);
        return telling.FactAsync($"an ordinary {(hasCurl ? "curl" : "HTTP client")} gets an answer through the proxy", async () =>
        {
            string body = new JsonObject
            {
                ["model"] = "demo-faq",
                ["temperature"] = 0,
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Faq.Question }),
            }.ToJsonString();
            string answer = hasCurl ? await CurlAsync(stage, body, cancellationToken) : await PostAsync(stage, body, cancellationToken);
            string? text = JsonNode.Parse(answer).Items("choices").FirstOrDefault().Text("message", "content");
            return Proof.Of(text?.Trim() == Faq.Answer, text ?? answer);
        });
    }

    private static async Task<string> CurlAsync(Stage stage, string body, CancellationToken cancellationToken)
    {
        ToolSettings settings = new() { Environment = Programs.Environment(), Input = body };
        ToolResult result = await Tool.RunAsync(Curl, ["-sS", new Uri(stage.Proxy.Address, "/v1/chat/completions").ToString(), "-H", $"Authorization: Bearer {stage.Owner.CallerKey}",
            "-H", "Content-Type: application/json", "--data-binary", "@-"], settings, cancellationToken);
        return result.Code == 0 ? result.Output : throw new LabException($"curl ended with code {result.Code}: {result.LastLine}");
    }

    private static async Task<string> PostAsync(Stage stage, string body, CancellationToken cancellationToken)
    {
        using HttpClient client = stage.Proxy.CreateClient(stage.Owner.CallerKey);
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, cancellationToken);
        return await answer.Content.ReadAsStringAsync(cancellationToken);
    }

    private static Task SdkAsync(Stage stage, Telling telling, CancellationToken cancellationToken) =>
        telling.FactAsync("the OpenAI SDK chats, streams and embeds; only its base URL is another", async () =>
        {
            OpenAIClientOptions options = new() { Endpoint = new Uri(stage.Proxy.Address, "/v1") };
            ApiKeyCredential key = new(stage.Owner.CallerKey);
            ChatClient chat = new("demo-faq", key, options);
            ChatCompletionOptions greedy = new() { Temperature = 0 };
            ChatCompletion whole = await chat.CompleteChatAsync([new UserChatMessage(Faq.Question)], greedy, cancellationToken);
            StringBuilder streamed = new();
            int updates = 0;
            await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync([new UserChatMessage(Faq.Question)], greedy, cancellationToken))
            {
                foreach (ChatMessageContentPart part in update.ContentUpdate) streamed.Append(part.Text);
                updates++;
            }

            EmbeddingClient embeddings = new("use-lite", key, options);
            OpenAIEmbedding vector = await embeddings.GenerateEmbeddingAsync("a sentence", cancellationToken: cancellationToken);
            bool same = whole.Content[0].Text.Trim() == Faq.Answer && streamed.ToString().Trim() == Faq.Answer;
            return Proof.Of(same && updates >= 10 && vector.ToFloats().Length == 512, $"{updates} updates, {vector.ToFloats().Length} numbers");
        });

    private static Task TensorAsync(Stage stage, Telling telling, CancellationToken cancellationToken) =>
        telling.FactAsync("the Open Inference Protocol classifies rows that the model never saw", async () =>
        {
            string[][] rows = [.. File.ReadLines(Path.Combine(stage.Cluster.Folders.Root, "tests", "Models", "Wdbc", "held-out.csv")).Skip(1)
                .Where(line => line.Length > 0).Take(40).Select(line => line.Split(','))];
            JsonArray data = [.. rows.SelectMany(row => row[..^1]).Select(cell => (JsonNode)double.Parse(cell, CultureInfo.InvariantCulture))];
            JsonObject request = new()
            {
                ["inputs"] = new JsonArray(new JsonObject
                {
                    ["name"] = "features",
                    ["datatype"] = "FP32",
                    ["shape"] = new JsonArray(rows.Length, 30),
                    ["data"] = data
                }),
            };
            using HttpClient client = stage.Proxy.CreateClient(stage.Owner.CallerKey);
            using HttpResponseMessage answer = await client.PostAsJsonAsync(new Uri("/v2/models/wdbc/infer", UriKind.Relative), request, cancellationToken);
            JsonNode? result = await answer.Content.ReadFromJsonAsync<JsonNode>(cancellationToken);
            if (answer.StatusCode != HttpStatusCode.OK) return Proof.Of(false, result!.ToJsonString());
            double[] probabilities = [.. result.Items("outputs").First(output => output.Text("name") == "probabilities")["data"]!.AsArray().Select(number => number!.GetValue<double>())];
            int right = rows.Where((row, at) => (probabilities[(2 * at) + 1] > 0.5) == (row[^1] == "1")).Count();
            return Proof.Of(right >= rows.Length - 2, $"{right} of {rows.Length} right");
        });

    private static Task GivenModelAsync(Stage stage, Telling telling, string model, CancellationToken cancellationToken) =>
        telling.FactAsync($"{model} is asked to complete \"The capital of France is\"", async () =>
        {
            ToolResult result = await stage.User.ChatAsync(model, await stage.User.EndpointAsync(model, cancellationToken),
                "Complete this sentence: The capital of France is", cancellationToken, "--system", "You are a helpful assistant.", "--max-tokens", "24");
            return Proof.Of(result.Code == 0 && result.Output.Trim().Length > 0, result.All.Trim());
        });
}
