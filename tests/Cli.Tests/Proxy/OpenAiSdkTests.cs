using System.ClientModel;
using ConfidentialOperator.Cli.Tests.Running;
using ConfidentialOperator.FakeTee.Endpoints;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Models;

namespace ConfidentialOperator.Cli.Tests.Proxy;

/// <summary>An unchanged OpenAI SDK with nothing but another base address.</summary>
public sealed class OpenAiSdkTests : IAsyncLifetime
{
    private readonly CliWorld _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_lists_chats_streams_and_embeds()
    {
        GuestEndpoint guest = await _world.StartGuestAsync(callerKey: "cfm_key");
        await using RunningProxy proxy = await RunningProxy.StartAsync(_world, ["--endpoint", guest.Address.AbsoluteUri, .. _world.Trust()]);
        var sdk = new OpenAIClient(new ApiKeyCredential("cfm_key"), new OpenAIClientOptions { Endpoint = new Uri(proxy.Client.BaseAddress!, "/v1") });

        OpenAIModelCollection models = await sdk.GetOpenAIModelClient().GetModelsAsync(Token);
        Assert.Equal("triage-notes", Assert.Single(models).Id);

        ChatCompletion completion = await sdk.GetChatClient("triage-notes").CompleteChatAsync([new UserChatMessage("good morning")], cancellationToken: Token);
        Assert.Equal("you said: good morning", completion.Content[0].Text);

        var text = new System.Text.StringBuilder();
        await foreach (StreamingChatCompletionUpdate update in sdk.GetChatClient("triage-notes")
            .CompleteChatStreamingAsync([new UserChatMessage("good morning")], cancellationToken: Token))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
        }

        Assert.Equal("you said: good morning ", text.ToString());
        OpenAIEmbedding embedding = await sdk.GetEmbeddingClient("triage-notes").GenerateEmbeddingAsync("abc", cancellationToken: Token);
        Assert.Equal(1, embedding.ToFloats().Span[2]);
    }

    [Fact]
    public async Task A_wrong_callers_key_is_an_ordinary_error_of_the_sdk()
    {
        GuestEndpoint guest = await _world.StartGuestAsync(callerKey: "cfm_key");
        await using RunningProxy proxy = await RunningProxy.StartAsync(_world, ["--endpoint", guest.Address.AbsoluteUri, .. _world.Trust()]);
        var sdk = new OpenAIClient(new ApiKeyCredential("cfm_other"), new OpenAIClientOptions { Endpoint = new Uri(proxy.Client.BaseAddress!, "/v1") });
        ClientResultException refused = await Assert.ThrowsAsync<ClientResultException>(() =>
            sdk.GetChatClient("triage-notes").CompleteChatAsync([new UserChatMessage("good morning")], cancellationToken: Token));
        Assert.Equal(401, refused.Status);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _world.DisposeAsync();
}
