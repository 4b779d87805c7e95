using System.Net;
using ConfidentialOperator.Client.Tests.Running;
using ConfidentialOperator.FakeTee.Endpoints;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Client.Tests;

/// <summary>Whatever a stranger puts in place of an answer, a client refuses with a reason and sends nothing.</summary>
public sealed class FuzzTests : IAsyncLifetime
{
    private const int Rounds = 400;
    private readonly TestWorld _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_changed_attestation_document_is_never_accepted_with_other_keys()
    {
        uint state = 7;
        int Next(int limit) => (int)((state = unchecked((state * 1664525) + 1013904223)) >> 8) % limit;
        GuestEndpoint guest = await _world.StartGuestAsync();
        var stranger = new Stranger();
        using var client = new ConfidentialClient(
            new ConfidentialClientOptions { Endpoint = new Uri("http://model.test"), Policy = _world.Policy(), Roots = TestWorld.Roots, Time = _world.Clock }, stranger);
        var software = new SoftwareGuest(TestWorld.Pki.MakeChip(), LaunchInputs.Development, TestWorld.InitData);
        stranger.Answer = nonce =>
        {
            byte[] document = software.Attest(nonce, guest.Keys.KeysetBytes).ToJson();
            for (int change = 0; change <= Next(4); change++)
            {
                document[Next(document.Length)] ^= (byte)(1 << Next(8));
            }

            return document;
        };
        for (int round = 0; round < Rounds; round++)
        {
            Verification verification = await client.VerifyAsync(Token);
            Assert.True(verification.Accepted ? verification.Guest.KeysetSha256 == guest.Keys.KeysetSha256 : verification.Refusal.Reason != RefusalReason.None);
        }
    }

    [Fact]
    public async Task An_answer_with_a_flipped_bit_anywhere_is_never_complete()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        int bit = 0;
        int bits = int.MaxValue;
        guest.Answer = async (exchange, context) =>
        {
            await exchange.Body.CopyToAsync(Stream.Null, Token);
            var sealedAnswer = new MemoryStream();
            using SealedResponse response = exchange.Respond(sealedAnswer);
            response.WriteHead(new Protocol.BinaryHttp.BinaryHttpResponse(200, []));
            await response.WriteAsync("first"u8.ToArray(), Token);
            await response.WriteAsync("second"u8.ToArray(), Token);
            await response.CompleteAsync(0, Token);
            byte[] answer = sealedAnswer.ToArray();
            bits = answer.Length * 8;
            answer[bit / 8] ^= (byte)(1 << (bit % 8));
            await context.Response.Body.WriteAsync(answer, Token);
        };
        using ConfidentialClient client = _world.Client(guest.Address);
        for (; bit < bits; bit += 5)
        {
            SendResult result = await client.SendAsync(Requests.Chat("hello"), Token);
            if (result.Answered)
            {
                await Assert.ThrowsAsync<ChannelException>(async () => await (await result.Response.Content.ReadAsStreamAsync(Token)).CopyToAsync(Stream.Null, Token));
                result.Response.Dispose();
            }
        }

        Assert.True(bits > 300);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    /// <summary>Sits where the endpoint should be.</summary>
    private sealed class Stranger : HttpMessageHandler
    {
        public Func<ByteString, byte[]> Answer { get; set; } = _ => [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            ByteString nonce = ByteString.FromHex(request.RequestUri!.Query["?nonce=".Length..]);
            Assert.Equal(ReportBinding.NonceSize, nonce.Length);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Answer(nonce)) });
        }
    }
}
