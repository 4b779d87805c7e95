using ConfidentialOperator.Client.Tests.Running;
using ConfidentialOperator.FakeTee.Endpoints;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Client.Tests;

/// <summary>Keys that change, replicas that come and go.</summary>
public sealed class RotationTests : IAsyncLifetime
{
    private readonly TestWorld _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_is_gone_leads_to_one_new_verification_and_one_new_sealing()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using ConfidentialClient client = _world.Client(guest.Address);
        _ = await (await client.SendAsync(Requests.Chat("before"), Token)).TextAsync();
        guest.Rotate();
        Assert.Contains("after", await (await client.SendAsync(Requests.Chat("after"), Token)).TextAsync(), StringComparison.Ordinal);
        Assert.Equal(2, guest.Attestations);
        Assert.Equal(3, guest.Wire.Count);
        Assert.Equal(guest.Keys.KeysetSha256, Assert.Single(client.Guests).KeysetSha256);
    }

    [Fact]
    public async Task An_endpoint_that_never_has_the_key_is_tried_twice_and_no_more()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        guest.Rewrite = document =>
        {
            guest.Rotate();
            return document;
        };
        using ConfidentialClient client = _world.Client(guest.Address);
        SendResult result = await client.SendAsync(Requests.Chat("hello"), Token);
        Assert.Equal(RefusalReason.KeyConfigurationExpired, result.Refusal?.Reason);
        Assert.Equal(2, guest.Wire.Count);
    }

    [Fact]
    public async Task A_guest_that_is_replaced_by_a_wrong_one_gets_nothing()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using ConfidentialClient client = _world.Client(guest.Address);
        _ = await (await client.SendAsync(Requests.Chat("before"), Token)).TextAsync();
        var wrong = new SoftwareGuest(TestWorld.Pki.MakeChip(), LaunchInputs.Development with { VirtualCpus = 9 }, TestWorld.InitData);
        guest.Rotate();
        guest.Rewrite = document => wrong.Attest(document.Nonce, document.Keyset);
        SendResult result = await client.SendAsync(Requests.Chat("after"), Token);
        Assert.Equal(RefusalReason.MeasurementNotAccepted, result.Refusal?.Reason);
        Assert.Single(guest.Opened);
    }

    [Fact]
    public async Task Keys_are_not_used_after_their_end()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using ConfidentialClient client = _world.Client(guest.Address);
        _ = await (await client.SendAsync(Requests.Chat("before"), Token)).TextAsync();
        _world.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(client.Guests);
        guest.Rotate();
        _ = await (await client.SendAsync(Requests.Chat("after"), Token)).TextAsync();
        Assert.Equal(2, guest.Attestations);
        Assert.Equal(2, guest.Wire.Count);
    }

    [Fact]
    public async Task Near_the_end_of_a_proof_a_new_one_is_asked_for_and_nobody_waits()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using ConfidentialClient client = _world.Client(guest.Address);
        _ = await (await client.SendAsync(Requests.Chat("before"), Token)).TextAsync();
        _world.Clock.Advance(TimeSpan.FromMinutes(59));
        guest.Rotate();
        GuestKeys young = guest.Keys;
        var asked = new TaskCompletionSource();
        guest.Rewrite = document =>
        {
            asked.TrySetResult();
            return document;
        };
        _ = await client.SendAsync(Requests.Chat("near the end"), Token);
        await asked.Task.WaitAsync(Token);
        Verification newest = await client.VerifyAsync(Token);
        Assert.Equal(young.KeysetSha256, newest.Guest!.KeysetSha256);
        Assert.Equal(young.KeysetSha256, Assert.Single(client.Guests).KeysetSha256);
    }

    [Fact]
    public async Task A_keyset_that_is_not_known_makes_the_client_ask_but_not_without_end()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using ConfidentialClient client = _world.Client(guest.Address);
        _ = await (await client.SendAsync(Requests.Chat("first"), Token)).TextAsync();
        guest.NamedKeyset = ByteString.Sha256("a stranger's"u8);
        var asked = new TaskCompletionSource();
        guest.Rewrite = document =>
        {
            asked.TrySetResult();
            return document;
        };
        for (int i = 0; i < 20; i++)
        {
            _ = await (await client.SendAsync(Requests.Chat("more"), Token)).TextAsync();
        }

        await asked.Task.WaitAsync(Token);
        Assert.Equal(2, guest.Attestations);
    }

    [Fact]
    public async Task Replicas_behind_one_address_are_both_verified_and_take_turns()
    {
        GuestEndpoint first = await _world.StartGuestAsync();
        GuestEndpoint second = await _world.StartGuestAsync(change: options => options with { Replica = "triage-notes-1/uid-1" });
        var balancer = new Balancer(first.Address, second.Address);
        using var client = new ConfidentialClient(
            new ConfidentialClientOptions { Endpoint = new Uri("http://model.test"), Policy = _world.Policy(), Roots = TestWorld.Roots, Time = _world.Clock }, balancer);
        Assert.True((await client.VerifyAsync(Token)).Accepted);
        Assert.True((await client.VerifyAsync(Token)).Accepted);
        Assert.Equal(2, client.Guests.Count);
        for (int i = 0; i < 4; i++)
        {
            _ = await (await client.SendAsync(Requests.Chat("hello"), Token)).TextAsync();
        }

        Assert.Equal((2, 2), (first.Opened.Count, second.Opened.Count));
    }

    [Fact]
    public async Task A_replica_that_has_not_shown_itself_is_found_in_time()
    {
        GuestEndpoint first = await _world.StartGuestAsync();
        GuestEndpoint second = await _world.StartGuestAsync(change: options => options with { Replica = "triage-notes-1/uid-1" });
        var asked = new TaskCompletionSource();
        second.Rewrite = document =>
        {
            asked.TrySetResult();
            return document;
        };
        using var client = new ConfidentialClient(
            new ConfidentialClientOptions { Endpoint = new Uri("http://model.test"), Policy = _world.Policy(), Roots = TestWorld.Roots, Time = _world.Clock },
            new Balancer(first.Address, second.Address));
        _ = await (await client.SendAsync(Requests.Chat("hello"), Token)).TextAsync();
        _ = await (await client.SendAsync(Requests.Chat("hello"), Token)).TextAsync();
        Assert.Equal(0, second.Attestations);
        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        _ = await (await client.SendAsync(Requests.Chat("hello"), Token)).TextAsync();
        await asked.Task.WaitAsync(Token);
        Assert.True((await client.VerifyAsync(Token)).Accepted);
        Assert.Equal(2, client.Guests.Count);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    /// <summary>Sends nonces to each replica in turn, and sealed requests to the one that has the key, as Sidecars forward them.</summary>
    private sealed class Balancer(params Uri[] replicas) : DelegatingHandler(new SocketsHttpHandler())
    {
        private readonly Dictionary<string, Uri> _keys = [];
        private int _turn;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Uri target = request.Headers.TryGetValues("Confidential-Key-Id", out IEnumerable<string>? names)
                ? _keys[names.First()] : replicas[_turn++ % replicas.Length];
            if (request.Method == HttpMethod.Get)
            {
                await LearnAsync(target, cancellationToken);
            }

            request.RequestUri = new Uri(target, request.RequestUri!.PathAndQuery);
            return await base.SendAsync(request, cancellationToken);
        }

        private async Task LearnAsync(Uri target, CancellationToken cancellationToken)
        {
            using var http = new HttpClient();
            byte[] list = await http.GetByteArrayAsync(new Uri(target, "/.well-known/ohttp-gateway"), cancellationToken);
            Assert.True(Protocol.Channel.KeyConfiguration.TryParse(list, out var configurations, out _));
            _keys[configurations[0].KeyName] = target;
        }
    }
}
