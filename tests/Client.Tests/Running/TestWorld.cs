using ConfidentialOperator.Attestation;
using ConfidentialOperator.FakeTee.Endpoints;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.InitData;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Client.Tests.Running;

/// <summary>One software chip, one owner with a policy, and guests of that policy.</summary>
internal sealed class TestWorld : IAsyncDisposable
{
    private static readonly Lazy<SoftwarePki> s_pki = new(() => SoftwarePki.LoadOrCreate(Path.Combine(AppContext.BaseDirectory, "pki")));
    private static readonly ByteString s_manifest = ByteString.Sha256("manifest"u8);

    private readonly List<IAsyncDisposable> _running = [];

    public OwnerKey Owner { get; } = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);

    public TestClock Clock { get; } = new(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()));

    public static InitDataDocument InitData { get; } = InitDataDocument.Create(new Dictionary<string, string> { ["model.json"] = "{}" });

    public static SoftwarePki Pki => s_pki.Value;

    public static TrustRoots Roots => TrustRoots.TryWithDevelopment([Pki.RootPem], out TrustRoots? roots, out Refusal? refusal)
        ? roots : throw new InvalidOperationException(refusal.Message);

    public SignedTrustPolicy Policy(Func<TrustPolicy, TrustPolicy>? change = null)
    {
        TrustPolicy policy = SamplePolicy.Make(Clock.GetUtcNow().AddDays(30), InitData.Sha256, s_manifest);
        byte[] envelope = (change?.Invoke(policy) ?? policy).Sign(Owner).ToJson();
        return TrustPolicy.TryOpen(envelope, [Owner.PublicKey], out SignedTrustPolicy? opened, out Refusal? refusal)
            ? opened : throw new InvalidOperationException(refusal.Message);
    }

    public async Task<GuestEndpoint> StartGuestAsync(LaunchInputs? launch = null, Func<GuestEndpointOptions, GuestEndpointOptions>? change = null)
    {
        var options = new GuestEndpointOptions
        {
            Guest = new SoftwareGuest(Pki.MakeChip(), launch ?? LaunchInputs.Development, InitData),
            Time = Clock,
        };
        GuestEndpoint guest = await GuestEndpoint.StartAsync(change?.Invoke(options) ?? options, TestContext.Current.CancellationToken);
        _running.Add(guest);
        return guest;
    }

    public ConfidentialClient Client(Uri endpoint, Func<ConfidentialClientOptions, ConfidentialClientOptions>? change = null)
    {
        var options = new ConfidentialClientOptions { Endpoint = endpoint, Policy = Policy(), Roots = Roots, Time = Clock };
        return new ConfidentialClient(change?.Invoke(options) ?? options, new SocketsHttpHandler());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable one in _running)
        {
            await one.DisposeAsync();
        }

        Owner.Dispose();
    }
}
