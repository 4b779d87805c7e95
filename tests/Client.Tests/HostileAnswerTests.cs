using System.Net;
using ConfidentialOperator.Client.Tests.Running;
using ConfidentialOperator.FakeTee.Endpoints;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;
using Microsoft.AspNetCore.Http;

namespace ConfidentialOperator.Client.Tests;

/// <summary>Answers that were cut, changed, exchanged or written outside the channel.</summary>
public sealed class HostileAnswerTests : IAsyncLifetime
{
    private readonly TestWorld _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_that_ends_without_its_final_chunk_is_cut()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        guest.Answer = async (exchange, context) =>
        {
            await exchange.Body.CopyToAsync(Stream.Null, Token);
            using SealedResponse response = exchange.Respond(context.Response.Body);
            response.WriteHead(new BinaryHttpResponse(200, []));
            await response.WriteAsync("half of an "u8.ToArray(), Token);
        };
        await AssertCutAsync(guest, "half of an ");
    }

    [Fact]
    public async Task An_answer_whose_connection_breaks_is_cut()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        var arrived = new TaskCompletionSource();
        guest.Answer = async (exchange, context) =>
        {
            await exchange.Body.CopyToAsync(Stream.Null, Token);
            using SealedResponse response = exchange.Respond(context.Response.Body);
            response.WriteHead(new BinaryHttpResponse(200, []));
            await response.WriteAsync("half of an "u8.ToArray(), Token);
            await arrived.Task;
            context.Abort();
        };
        await AssertCutAsync(guest, "half of an ", arrived);
    }

    [Fact]
    public async Task An_answer_without_a_head_is_cut()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        guest.Answer = (_, _) => Task.CompletedTask;
        await AssertRefusedAsync(guest, RefusalReason.ResponseTruncated);
        Assert.Single(guest.Wire);
    }

    [Fact]
    public async Task An_answer_that_was_changed_is_not_authentic()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        guest.Answer = async (exchange, context) =>
        {
            await exchange.Body.CopyToAsync(Stream.Null, Token);
            byte[] answer = await SealAsync(exchange, "answer");
            answer[^1] ^= 1;
            await context.Response.Body.WriteAsync(answer, Token);
        };
        await AssertRefusedAsync(guest, RefusalReason.ResponseNotAuthentic);
    }

    [Fact]
    public async Task The_answer_of_another_request_is_not_authentic()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        byte[]? first = null;
        guest.Answer = async (exchange, context) =>
        {
            await exchange.Body.CopyToAsync(Stream.Null, Token);
            byte[] own = await SealAsync(exchange, "answer");
            await context.Response.Body.WriteAsync(first ??= own, Token);
        };
        using ConfidentialClient client = _world.Client(guest.Address);
        Assert.Equal("answer", await (await client.SendAsync(Requests.Chat("one"), Token)).TextAsync());
        Assert.Equal(RefusalReason.ResponseNotAuthentic, (await client.SendAsync(Requests.Chat("two"), Token)).Refusal?.Reason);
    }

    [Fact]
    public async Task An_answer_in_clear_is_not_the_guests()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        guest.Answer = async (_, context) =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"choices":[]}""", Token);
        };
        await AssertRefusedAsync(guest, RefusalReason.ResponseNotAuthentic);
    }

    [Theory]
    [InlineData(409, RefusalReason.RequestReplayed)]
    [InlineData(413, RefusalReason.TooLarge)]
    [InlineData(503, RefusalReason.ModelNotReady)]
    [InlineData(400, RefusalReason.RequestNotAuthentic)]
    [InlineData(429, RefusalReason.RateLimited)]
    public async Task A_refusal_outside_the_channel_keeps_its_reason_and_is_not_tried_again(int status, RefusalReason reason)
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        guest.Answer = async (_, context) =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = Protocol.Kbs.Problem.MediaType;
            await context.Response.Body.WriteAsync(new Protocol.Kbs.Problem(status, new Refusal(reason, "text of a stranger")).ToJson(), Token);
        };
        await AssertRefusedAsync(guest, reason);
        Assert.Single(guest.Wire);
    }

    [Theory]
    [InlineData(500, "", RefusalReason.EndpointUnavailable)]
    [InlineData(502, "<html>", RefusalReason.EndpointUnavailable)]
    [InlineData(422, """{"type":"https://iana.org/assignments/http-problem-types#ohttp-key","title":"key"}""", RefusalReason.KeyConfigurationExpired)]
    public async Task A_status_without_a_reason_of_ours_gets_one(int status, string body, RefusalReason reason)
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        guest.Answer = async (_, context) =>
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(body, Token);
        };
        await AssertRefusedAsync(guest, reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_redirect_does_not_make_the_client_send_twice(bool follows)
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        guest.Answer = (_, context) =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = guest.Address + ".well-known/ohttp-gateway";
            return Task.CompletedTask;
        };
        using var client = new ConfidentialClient(
            new ConfidentialClientOptions { Endpoint = guest.Address, Policy = _world.Policy(), Roots = TestWorld.Roots, Time = _world.Clock },
            new SocketsHttpHandler { AllowAutoRedirect = follows });
        SendResult result = await client.SendAsync(Requests.Chat("hello"), Token);
        Assert.Equal(RefusalReason.EndpointUnavailable, result.Refusal?.Reason);
        Assert.Single(guest.Opened);
    }

    [Fact]
    public async Task The_handler_throws_the_refusal_below_an_http_client()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using var http = new HttpClient(new ConfidentialHandler(_world.Client(guest.Address)));
        using HttpResponseMessage good = await http.SendAsync(Requests.Chat("hello"), Token);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        guest.Answer = (_, _) => Task.CompletedTask;
        ConfidentialException refused = await Assert.ThrowsAsync<ConfidentialException>(() => http.SendAsync(Requests.Chat("hello"), Token));
        Assert.Equal(RefusalReason.ResponseTruncated, refused.Refusal.Reason);
    }

    [Fact]
    public async Task A_caller_who_goes_away_ends_the_guests_work()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        var gone = new TaskCompletionSource();
        guest.Answer = async (exchange, context) =>
        {
            using SealedResponse response = exchange.Respond(context.Response.Body);
            response.WriteHead(new BinaryHttpResponse(200, []));
            await response.WriteAsync("first"u8.ToArray(), Token);
            context.RequestAborted.Register(() => gone.TrySetResult());
            await gone.Task;
        };
        using ConfidentialClient client = _world.Client(guest.Address);
        SendResult result = await client.SendAsync(Requests.Chat("hello"), Token);
        Stream body = await result.Response!.Content.ReadAsStreamAsync(Token);
        Assert.Equal(5, await body.ReadAsync(new byte[16], Token));
        result.Response.Dispose();
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static async Task<byte[]> SealAsync(ServerExchange exchange, string text)
    {
        var output = new MemoryStream();
        using SealedResponse response = exchange.Respond(output);
        response.WriteHead(new BinaryHttpResponse(200, []));
        await response.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), Token);
        await response.CompleteAsync(0, Token);
        return output.ToArray();
    }

    private async Task AssertRefusedAsync(GuestEndpoint guest, RefusalReason reason)
    {
        using ConfidentialClient client = _world.Client(guest.Address);
        SendResult result = await client.SendAsync(Requests.Chat("hello"), Token);
        if (result.Answered)
        {
            ChannelException cut = await Assert.ThrowsAsync<ChannelException>(async () =>
                await (await result.Response.Content.ReadAsStreamAsync(Token)).CopyToAsync(Stream.Null, Token));
            Assert.Equal(reason, cut.Refusal.Reason);
            return;
        }

        Assert.Equal(reason, result.Refusal.Reason);
        Assert.DoesNotContain("stranger", result.Refusal.Message, StringComparison.Ordinal);
    }

    private async Task AssertCutAsync(GuestEndpoint guest, string delivered, TaskCompletionSource? arrived = null)
    {
        using ConfidentialClient client = _world.Client(guest.Address);
        SendResult result = await client.SendAsync(Requests.Chat("hello"), Token);
        Stream body = await result.Response!.Content.ReadAsStreamAsync(Token);
        var read = new MemoryStream();
        byte[] first = new byte[delivered.Length];
        await body.ReadExactlyAsync(first, Token);
        read.Write(first);
        arrived?.SetResult();
        ChannelException cut = await Assert.ThrowsAsync<ChannelException>(() => body.CopyToAsync(read, Token));
        Assert.Equal(RefusalReason.ResponseTruncated, cut.Refusal.Reason);
        Assert.Equal(delivered, System.Text.Encoding.UTF8.GetString(read.ToArray()));
        Assert.Single(guest.Wire);
    }
}
