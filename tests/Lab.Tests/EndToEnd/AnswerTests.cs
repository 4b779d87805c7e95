using System.ClientModel;
using System.Net;
using System.Text;
using ConfidentialOperator.Lab.Demo;
using ConfidentialOperator.Lab.Hosting;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;

namespace ConfidentialOperator.Lab.Tests.EndToEnd;

/// <summary>Clients that others wrote, through the proxy, and a language model that others trained.</summary>
[Collection(LabCollection.Name)]
public sealed class AnswerTests(LabFixture lab)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SmolLm2KnowsTheCapitalOfFrance()
    {
        Repository.NeedShared("models", LabFixture.SmolLm);
        Stage stage = await lab.StageAsync();
        ToolResult asked = await stage.User.ChatAsync(LabFixture.SmolLm, await stage.User.EndpointAsync(LabFixture.SmolLm, Token),
            "Complete this sentence: The capital of France is", Token, "--system", "You are a helpful assistant.", "--max-tokens", "24");
        Assert.True(asked.Code == 0, asked.All);
        Assert.Contains("Paris", asked.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheOpenAiSdkOfDotNetChatsStreamsAndEmbeds()
    {
        Stage stage = await lab.StageAsync();
        OpenAIClientOptions options = new() { Endpoint = new Uri(stage.Proxy.Address, "/v1") };
        ChatClient chat = new("demo-faq", new ApiKeyCredential(stage.Owner.CallerKey), options);
        ChatCompletionOptions greedy = new() { Temperature = 0 };
        ChatCompletion whole = await chat.CompleteChatAsync([new UserChatMessage(Faq.Question)], greedy, Token);
        Assert.Equal(Faq.Answer, whole.Content[0].Text.Trim());
        Assert.True(whole.Usage.OutputTokenCount > 0);
        StringBuilder streamed = new();
        await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync([new UserChatMessage(Faq.Question)], greedy, Token))
        {
            foreach (ChatMessageContentPart part in update.ContentUpdate) streamed.Append(part.Text);
        }

        Assert.Equal(Faq.Answer, streamed.ToString().Trim());
        EmbeddingClient embeddings = new("use-lite", new ApiKeyCredential(stage.Owner.CallerKey), options);
        OpenAIEmbeddingCollection vectors = await embeddings.GenerateEmbeddingsAsync(["one", "two"], cancellationToken: Token);
        Assert.Equal([512, 512], vectors.Select(vector => vector.ToFloats().Length));
    }

    [Fact]
    public async Task ACallerWithoutAKeyAndOneWithAWrongKeyGet401()
    {
        Stage stage = await lab.StageAsync();
        foreach (string? key in (string?[])[null, "cfm_" + new string('A', 43)])
        {
            using HttpClient client = stage.Proxy.CreateClient(key);
            using StringContent body = new("""{"model":"demo-faq","messages":[{"role":"user","content":"Hello!"}]}""", Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), body, Token);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task AnUnsealedRequestToAGuestGets426()
    {
        Stage stage = await lab.StageAsync();
        using HttpClient client = new();
        using StringContent body = new("""{"model":"demo-faq","messages":[]}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync(new Uri(await stage.User.EndpointAsync("demo-faq", Token), "/v1/chat/completions"), body, Token);
        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
        Assert.Contains("SealingRequired", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheOpenAiSdkOfJavaScriptChatsStreamsAndEmbeds()
    {
        string? node = Find("node");
        string? npm = Find("npm");
        if (node is null || npm is null) Missing("node and npm are not installed.");
        Stage stage = await lab.StageAsync();
        string folder = Path.Combine(stage.Cluster.Folders.Shared, "js");
        Directory.CreateDirectory(folder);
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "openai")))
        {
            ToolResult installed = await Tool.RunAsync(npm!, ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder, "openai@6"],
                new ToolSettings { Environment = Programs.NetworkEnvironment(), WorkingDirectory = folder }, Token);
            if (installed.Code != 0) Missing($"npm could not install openai: {installed.LastLine}");
        }

        File.Copy(Path.Combine(Repository.Root, "tests", "Lab.Tests", "Clients", "openai-client.mjs"), Path.Combine(folder, "openai-client.mjs"), overwrite: true);
        await RunClientAsync(stage, node!, [Path.Combine(folder, "openai-client.mjs")]);
    }

    [Fact]
    public async Task TheOpenAiSdkOfPythonChatsStreamsAndEmbeds()
    {
        string run = Repository.NeedShared("peers", "python", "run");
        await RunClientAsync(await lab.StageAsync(), run, [Path.Combine(Repository.Root, "tests", "Lab.Tests", "Clients", "openai_client.py")]);
    }

    [Fact]
    public async Task TritonsClientInfersThroughTheProxy()
    {
        string run = Repository.NeedShared("peers", "python", "run");
        await RunClientAsync(await lab.StageAsync(), run, [Path.Combine(Repository.Root, "tests", "Lab.Tests", "Clients", "triton_client.py")]);
    }

    private static async Task RunClientAsync(Stage stage, string program, string[] arguments)
    {
        Dictionary<string, string> environment = Programs.NetworkEnvironment();
        environment["CFM_PROXY_URL"] = stage.Proxy.Address.ToString().TrimEnd('/');
        environment["CFM_API_KEY"] = stage.Owner.CallerKey;
        environment["QUESTION"] = Faq.Question;
        environment["ANSWER"] = Faq.Answer;
        environment["HELD_OUT"] = Path.Combine(Repository.Root, "tests", "Models", "Wdbc", "held-out.csv");
        ToolResult result = await Tool.RunAsync(program, arguments, new ToolSettings { Environment = environment, WorkingDirectory = stage.Cluster.Folders.Data }, Token);
        Assert.True(result.Code == 0 && result.Output.TrimEnd().EndsWith("all good", StringComparison.Ordinal), result.All);
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static void Missing(string what)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(what);
        Assert.Skip(what);
    }
}
