using ConfidentialOperator.Attestation;
using ConfidentialOperator.Client.Tests.Running;
using ConfidentialOperator.FakeTee.Endpoints;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.Client.Tests;

/// <summary>Guests that do not prove themselves: nothing is sent to them.</summary>
public sealed class VerificationTests : IAsyncLifetime
{
    private readonly TestWorld _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_changed_keyset_is_refused()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using HpkePrivateKey attacker = HpkePrivateKey.Generate();
        Keyset honest = guest.Keys.Keyset;
        byte[] changed = (honest with { SealingKeys = [.. honest.SealingKeys.Select(key => key with { PublicKey = attacker.PublicKey })] }).ToJson();
        guest.Rewrite = document => document with { Keyset = new ByteString(changed) };
        await AssertRefusedAsync(guest, RefusalReason.ReportDataMismatch);
    }

    [Fact]
    public async Task Another_guest_is_refused()
    {
        GuestEndpoint guest = await _world.StartGuestAsync(LaunchInputs.Development with { KernelParameters = "debug" });
        await AssertRefusedAsync(guest, RefusalReason.MeasurementNotAccepted);
    }

    [Fact]
    public async Task Another_initdata_is_refused()
    {
        GuestEndpoint guest = await _world.StartGuestAsync(change: options =>
            options with { Guest = new SoftwareGuest(TestWorld.Pki.MakeChip(), LaunchInputs.Development, initData: null) });
        await AssertRefusedAsync(guest, RefusalReason.InitDataNotAccepted);
    }

    [Fact]
    public async Task Another_model_is_refused()
    {
        GuestEndpoint guest = await _world.StartGuestAsync(change: options => options with { Model = options.Model with { Name = "other" } });
        await AssertRefusedAsync(guest, RefusalReason.KeysetMismatch);
    }

    [Fact]
    public async Task A_replayed_attestation_is_refused()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        AttestationDocument? first = null;
        guest.Rewrite = document => first ??= document;
        using (ConfidentialClient earlier = _world.Client(guest.Address))
        {
            Assert.True((await earlier.VerifyAsync(Token)).Accepted);
        }

        Verification verification = await AssertRefusedAsync(guest, RefusalReason.ReportDataMismatch);
        Assert.Contains(verification.Appraisal!.Results, result => result.Reason == RefusalReason.NonceMismatch);
    }

    [Fact]
    public async Task A_replayed_attestation_with_the_new_nonce_written_in_is_refused()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        AttestationDocument? first = null;
        guest.Rewrite = document => (first ??= document) with { Nonce = document.Nonce };
        using (ConfidentialClient earlier = _world.Client(guest.Address))
        {
            Assert.True((await earlier.VerifyAsync(Token)).Accepted);
        }

        await AssertRefusedAsync(guest, RefusalReason.ReportDataMismatch);
    }

    [Fact]
    public async Task A_development_root_counts_only_where_it_is_given()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        await AssertRefusedAsync(guest, RefusalReason.ChainUntrusted, options => options with { Roots = TrustRoots.BuiltIn });
    }

    [Fact]
    public async Task A_development_root_counts_only_where_the_policy_allows_it()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        await AssertRefusedAsync(guest, RefusalReason.DevelopmentRootNotAccepted,
            options => options with { Policy = _world.Policy(policy => policy with { Snp = policy.Snp! with { Development = false } }) });
    }

    [Fact]
    public async Task An_expired_policy_is_refused_before_anything_is_asked()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        await AssertRefusedAsync(guest, RefusalReason.PolicyExpired,
            options => options with { Policy = _world.Policy(policy => policy with { NotAfter = _world.Clock.GetUtcNow().AddSeconds(-1) }) });
        Assert.Equal(0, guest.Attestations);
    }

    [Fact]
    public async Task A_policy_that_is_older_than_one_that_was_seen_is_refused()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        await AssertRefusedAsync(guest, RefusalReason.PolicyRolledBack, options => options with { MinimumPolicyVersion = 2 });
        Assert.Equal(0, guest.Attestations);
    }

    [Fact]
    public async Task Keys_that_the_gateway_shows_are_not_used()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using HpkePrivateKey attacker = HpkePrivateKey.Generate();
        guest.ShownKeys = KeyConfiguration.EncodeList([new KeyConfiguration(guest.Keys.Configuration.KeyId, attacker.PublicKey, [HpkeAead.Aes256Gcm])]);
        using ConfidentialClient client = _world.Client(guest.Address);
        Assert.Contains("hello", await (await client.SendAsync(Requests.Chat("hello"), Token)).TextAsync(), StringComparison.Ordinal);
        Assert.Equal(guest.Keys.Configuration.KeyName, Assert.Single(guest.KeyNames));
    }

    [Fact]
    public async Task An_endpoint_that_is_down_is_told_so()
    {
        Uri address;
        await using (var gone = new TestWorld())
        {
            address = (await gone.StartGuestAsync()).Address;
        }

        using ConfidentialClient client = _world.Client(address);
        Assert.Equal(RefusalReason.EndpointUnavailable, (await client.VerifyAsync(Token)).Refusal?.Reason);
        Assert.Equal(RefusalReason.EndpointUnavailable, (await client.SendAsync(Requests.Chat("hello"), Token)).Refusal?.Reason);
    }

    [Theory]
    [InlineData(503, RefusalReason.ModelNotReady)]
    [InlineData(503, RefusalReason.EvidenceUnavailable)]
    [InlineData(429, RefusalReason.RateLimited)]
    [InlineData(400, RefusalReason.Malformed)]
    public async Task The_endpoints_own_reason_is_kept_and_its_text_is_not(int status, RefusalReason reason)
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        guest.AttestationProblem = new Problem(status, new Refusal(reason, "text of a stranger"));
        Verification verification = await AssertRefusedAsync(guest, reason);
        Assert.DoesNotContain("stranger", verification.Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_that_never_answers_is_given_up()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using var hold = new ManualResetEventSlim();
        guest.Rewrite = document =>
        {
            hold.Wait(Token);
            return document;
        };
        using ConfidentialClient client = _world.Client(guest.Address, options => options with { AttestationTimeout = TimeSpan.FromMilliseconds(200) });
        Verification verification = await client.VerifyAsync(Token);
        hold.Set();
        Assert.Equal(RefusalReason.EndpointUnavailable, verification.Refusal?.Reason);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    /// <summary>Verifies, then sends: both are refused for the reason, and not a byte of a request leaves.</summary>
    private async Task<Verification> AssertRefusedAsync(GuestEndpoint guest, RefusalReason reason,
        Func<ConfidentialClientOptions, ConfidentialClientOptions>? change = null)
    {
        using ConfidentialClient client = _world.Client(guest.Address, change);
        Verification verification = await client.VerifyAsync(Token);
        Assert.False(verification.Accepted);
        Assert.Equal(reason, verification.Refusal.Reason);
        SendResult sent = await client.SendAsync(Requests.Chat("marzipan"), Token);
        Assert.Equal(reason, sent.Refusal?.Reason);
        Assert.Empty(guest.Wire);
        Assert.Empty(client.Guests);
        return verification;
    }
}
