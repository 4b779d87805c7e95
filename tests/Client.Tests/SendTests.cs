using System.Globalization;
using System.Net;
using System.Text;
using ConfidentialOperator.Client.Tests.Running;
using ConfidentialOperator.FakeTee.Endpoints;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Client.Tests;

/// <summary>Requests that arrive.</summary>
public sealed class SendTests : IAsyncLifetime
{
    private readonly TestWorld _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_is_verified_sealed_and_answered()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using ConfidentialClient client = _world.Client(guest.Address);
        string answer = await (await client.SendAsync(Requests.Chat("what is a secret word like marzipan"), Token)).TextAsync();
        Assert.Contains("you said: what is a secret word like marzipan", answer, StringComparison.Ordinal);
        Assert.Equal(1, guest.Attestations);
        Assert.Equal(guest.Keys.KeysetSha256, Assert.Single(client.Guests).KeysetSha256);
    }

    [Fact]
    public async Task Nothing_of_a_request_is_on_the_wire_in_clear()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using ConfidentialClient client = _world.Client(guest.Address);
        _ = await (await client.SendAsync(Requests.Chat("marzipan", key: "cfm_secret"), Token)).TextAsync();
        string wire = Encoding.Latin1.GetString(Assert.Single(guest.Wire));
        Assert.All((string[])["marzipan", "cfm_secret", "triage", "completions", "authorization"], word => Assert.DoesNotContain(word, wire, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_inside_has_the_date_the_path_and_the_callers_key_and_no_header_of_the_connection()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using ConfidentialClient client = _world.Client(guest.Address);
        HttpRequestMessage request = Requests.Chat("hello", key: "cfm_secret");
        request.Headers.ConnectionClose = true;
        request.Headers.Date = DateTimeOffset.UnixEpoch;
        _ = await (await client.SendAsync(request, Token)).TextAsync();
        BinaryHttpRequest inner = Assert.Single(guest.Opened);
        Assert.Equal(("POST", "/v1/chat/completions"), (inner.Method, inner.Path));
        Assert.Equal("Bearer cfm_secret", inner.Header("authorization"));
        Assert.Equal("application/json; charset=utf-8", inner.Header("content-type"));
        Assert.Equal(_world.Clock.GetUtcNow(), DateTimeOffset.ParseExact(inner.Header("date")!, "r", CultureInfo.InvariantCulture));
        Assert.Single(inner.Headers, header => header.Name == "date");
        Assert.All((string[])["connection", "host", "content-length"], name => Assert.Null(inner.Header(name)));
    }

    [Fact]
    public async Task The_request_names_the_key_that_it_is_sealed_to()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using ConfidentialClient client = _world.Client(guest.Address);
        _ = await (await client.SendAsync(Requests.Chat("hello"), Token)).TextAsync();
        Assert.Equal(guest.Keys.Configuration.KeyName, Assert.Single(guest.KeyNames));
    }

    [Fact]
    public async Task The_strong_cipher_is_chosen()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using ConfidentialClient client = _world.Client(guest.Address);
        _ = await (await client.SendAsync(Requests.Chat("hello"), Token)).TextAsync();
        Assert.True(OhttpRequestHeader.TryParse(Assert.Single(guest.Wire), out OhttpRequestHeader? header, out _));
        Assert.Equal(HpkeAead.Aes256Gcm, header.Aead);
    }

    [Fact]
    public async Task An_answer_streams_as_it_is_written()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        var release = new TaskCompletionSource();
        guest.Answer = async (exchange, context) =>
        {
            await exchange.Body.CopyToAsync(Stream.Null, Token);
            using SealedResponse response = exchange.Respond(context.Response.Body);
            response.WriteHead(new BinaryHttpResponse(200, [new("content-type", "text/event-stream")]));
            await response.WriteAsync("first"u8.ToArray(), Token);
            await release.Task;
            await response.WriteAsync("second"u8.ToArray(), Token);
            await response.CompleteAsync(0, Token);
        };
        using ConfidentialClient client = _world.Client(guest.Address);
        SendResult result = await client.SendAsync(Requests.Chat("hello", stream: true), Token);
        Assert.Equal("text/event-stream", result.Response!.Content.Headers.ContentType!.MediaType);
        Stream body = await result.Response.Content.ReadAsStreamAsync(Token);
        byte[] buffer = new byte[64];

        // The second part does not exist yet: reading the first one shows that nothing waits for the whole.
        Assert.Equal(5, await body.ReadAsync(buffer, Token));
        release.SetResult();
        Assert.Equal(6, await body.ReadAsync(buffer, Token));
        Assert.Equal(0, await body.ReadAsync(buffer, Token));
        result.Response.Dispose();
    }

    [Fact]
    public async Task The_guests_own_error_is_an_answer()
    {
        GuestEndpoint guest = await _world.StartGuestAsync(change: options => options with { CallerKey = "cfm_right" });
        using ConfidentialClient client = _world.Client(guest.Address);
        SendResult result = await client.SendAsync(Requests.Chat("hello", key: "cfm_wrong"), Token);
        Assert.Equal(HttpStatusCode.Unauthorized, result.Response!.StatusCode);
        Assert.Contains("CallerUnknown", await result.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_requests_at_once_share_one_verification()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using ConfidentialClient client = _world.Client(guest.Address);
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
            await (await client.SendAsync(Requests.Chat($"number {number}."), Token)).TextAsync()));
        Assert.All(answers.Index(), answer => Assert.Contains($"number {answer.Index}.", answer.Item, StringComparison.Ordinal));
        Assert.Equal(1, guest.Attestations);
    }

    [Fact]
    public async Task A_large_request_goes_through()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using ConfidentialClient client = _world.Client(guest.Address);
        string prompt = new('x', 3_000_000);
        Assert.Contains(prompt, await (await client.SendAsync(Requests.Chat(prompt), Token)).TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_is_too_large_is_not_sent()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using ConfidentialClient client = _world.Client(guest.Address, options => options with { Limits = new BinaryHttpLimits { BodyBytes = 100 } });
        SendResult result = await client.SendAsync(Requests.Chat(new string('x', 200)), Token);
        Assert.Equal(RefusalReason.TooLarge, result.Refusal?.Reason);
        Assert.Empty(guest.Wire);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _world.DisposeAsync();
}
