using ConfidentialOperator.Client.Tests.Running;
using ConfidentialOperator.FakeTee.Endpoints;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Client.Tests;

/// <summary>A guest whose host gives it no certificate: a client believes it with certificates of its own, and only with those of its chip.</summary>
public sealed class CollateralTests : IAsyncLifetime
{
    private readonly TestWorld _world = new();
    private readonly SoftwareChip _chip = TestWorld.Pki.MakeChip();
    private GuestEndpoint _guest = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _guest = await _world.StartGuestAsync(change: options => options with { Guest = new SoftwareGuest(_chip, LaunchInputs.Development, TestWorld.InitData) });
        _guest.Rewrite = document => document with { CpuEvidence = WithoutCertificates(document.CpuEvidence) };
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Evidence_without_certificates_is_accepted_with_those_of_a_bundle()
    {
        using ConfidentialClient client = Client(Certificates(_chip));
        Verification verification = await client.VerifyAsync(Token);
        Assert.True(verification.Accepted, verification.Refusal?.ToString());
        SendResult sent = await client.SendAsync(Requests.Chat("hello"), Token);
        Assert.Contains("hello", await sent.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evidence_without_certificates_is_refused_without_a_bundle() => await AssertRefusedAsync(RefusalReason.ChainUntrusted);

    [Fact]
    public async Task Certificates_of_another_chip_do_not_help() => await AssertRefusedAsync(RefusalReason.SignatureInvalid, Certificates(TestWorld.Pki.MakeChip()));

    [Fact]
    public async Task Certificates_of_a_stranger_do_not_help()
    {
        SoftwareChip strange = SoftwarePki.Create().MakeChip(chipId: _chip.ChipId);
        await AssertRefusedAsync(RefusalReason.ChainUntrusted, Certificates(strange));
    }

    private static Collateral[] Certificates(SoftwareChip chip) => [.. chip.Certificates.Select(certificate => new Collateral("chain", certificate.Data))];

    private static ByteString WithoutCertificates(ByteString evidence) =>
        SnpEvidence.TryParse(evidence.Memory, out SnpEvidence? snp, out Refusal? refusal)
            ? new ByteString((snp with { Certificates = [] }).ToJson()) : throw new InvalidOperationException(refusal.Message);

    private ConfidentialClient Client(IReadOnlyList<Collateral> collateral) => _world.Client(_guest.Address, options => options with { Collateral = collateral });

    private async Task AssertRefusedAsync(RefusalReason reason, params IReadOnlyList<Collateral> collateral)
    {
        using ConfidentialClient client = Client(collateral);
        Assert.Equal(reason, (await client.VerifyAsync(Token)).Refusal?.Reason);
        Assert.Equal(reason, (await client.SendAsync(Requests.Chat("marzipan"), Token)).Refusal?.Reason);
        Assert.Empty(_guest.Wire);
    }
}
