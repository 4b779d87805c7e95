using System.ClientModel;
using System.ClientModel.Primitives;
using ConfidentialOperator.Client.Tests.Running;
using ConfidentialOperator.FakeTee.Endpoints;
using ConfidentialOperator.Protocol;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;

namespace ConfidentialOperator.Client.Tests;

/// <summary>The OpenAI SDK of .NET on top of the handler: no proxy, no change but the transport.</summary>
public sealed class OpenAiSdkTests : IAsyncLifetime
{
    private const string Key = "cfm_key";
    private readonly TestWorld _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_chats()
    {
        ChatClient chat = Sdk(await GuestAsync()).GetChatClient("triage-notes");
        ChatCompletion completion = await chat.CompleteChatAsync([new UserChatMessage("good morning")], cancellationToken: Token);
        Assert.Equal("you said: good morning", completion.Content[0].Text);
    }

    [Fact]
    public async Task It_streams()
    {
        ChatClient chat = Sdk(await GuestAsync()).GetChatClient("triage-notes");
        var text = new System.Text.StringBuilder();
        await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync([new UserChatMessage("good morning")], cancellationToken: Token))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
        }

        Assert.Equal("you said: good morning ", text.ToString());
    }

    [Fact]
    public async Task It_embeds()
    {
        EmbeddingClient embeddings = Sdk(await GuestAsync()).GetEmbeddingClient("triage-notes");
        OpenAIEmbeddingCollection answer = await embeddings.GenerateEmbeddingsAsync(["abc", "zzz"], cancellationToken: Token);
        Assert.Equal(1, answer[0].ToFloats().Span[0]);
        Assert.Equal(3, answer[1].ToFloats().Span[25]);
    }

    [Fact]
    public async Task Its_synchronous_calls_work()
    {
        ChatClient chat = Sdk(await GuestAsync()).GetChatClient("triage-notes");
        ChatCompletion completion = chat.CompleteChat([new UserChatMessage("good morning")], cancellationToken: Token);
        Assert.Equal("you said: good morning", completion.Content[0].Text);
    }

    [Fact]
    public async Task A_wrong_guest_ends_in_the_refusal()
    {
        GuestEndpoint guest = await _world.StartGuestAsync(FakeTee.Guests.LaunchInputs.Development with { VirtualCpus = 8 });
        ChatClient chat = Sdk(guest).GetChatClient("triage-notes");
        Exception thrown = await Assert.ThrowsAnyAsync<Exception>(() => chat.CompleteChatAsync([new UserChatMessage("marzipan")], cancellationToken: Token));
        ConfidentialException refused = Assert.IsType<ConfidentialException>(Causes(thrown).FirstOrDefault(cause => cause is ConfidentialException));
        Assert.Equal(RefusalReason.MeasurementNotAccepted, refused.Refusal.Reason);
        Assert.Empty(guest.Wire);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static IEnumerable<Exception> Causes(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            yield return exception;
        }
    }

    private Task<GuestEndpoint> GuestAsync() => _world.StartGuestAsync(change: options => options with { CallerKey = Key });

    private OpenAIClient Sdk(GuestEndpoint guest)
    {
        var http = new HttpClient(new ConfidentialHandler(_world.Client(guest.Address)));
        return new OpenAIClient(new ApiKeyCredential(Key), new OpenAIClientOptions
        {
            Endpoint = new Uri("https://triage-notes.clinic/v1"),
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        });
    }
}
