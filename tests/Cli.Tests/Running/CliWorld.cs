using ConfidentialOperator.FakeTee.Endpoints;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.InitData;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Cli.Tests.Running;

/// <summary>The files of an owner and of a user, and guests that fit them.</summary>
internal sealed class CliWorld : IAsyncDisposable
{
    private static readonly Lazy<SoftwarePki> s_pki = new(() => SoftwarePki.LoadOrCreate(Path.Combine(AppContext.BaseDirectory, "pki")));
    private static readonly ByteString s_manifest = ByteString.Sha256("manifest"u8);
    private static readonly InitDataDocument s_initData = InitDataDocument.Create(new Dictionary<string, string> { ["model.json"] = "{}" });

    private readonly OwnerKey _owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
    private readonly List<IAsyncDisposable> _running = [];

    public CliWorld()
    {
        Folder.Write("owner.pub.pem", _owner.PublicKey.ToPem());
        Folder.Write("ark.pem", s_pki.Value.RootPem);
        WritePolicy("policy.dsse.json");
    }

    /// <summary>Gets the certificates that stand in for AMD's.</summary>
    public static SoftwarePki Pki => s_pki.Value;

    public TemporaryFolder Folder { get; } = new();

    public Dictionary<string, string> Variables => new() { ["CFM_STATE_DIR"] = Folder["state"] };

    public void WritePolicy(string name, Func<TrustPolicy, TrustPolicy>? change = null, params OwnerKey[] more)
    {
        TrustPolicy policy = SamplePolicy.Make(TimeProvider.System.GetUtcNow().AddDays(30), s_initData.Sha256, s_manifest);
        File.WriteAllBytes(Folder[name], (change?.Invoke(policy) ?? policy).Sign([_owner, .. more]).ToJson());
    }

    public async Task<GuestEndpoint> StartGuestAsync(string model = "triage-notes", string? callerKey = null, LaunchInputs? launch = null)
    {
        GuestEndpoint guest = await GuestEndpoint.StartAsync(new GuestEndpointOptions
        {
            Guest = new SoftwareGuest(s_pki.Value.MakeChip(), launch ?? LaunchInputs.Development, s_initData),
            Model = new ModelIdentity(model, s_manifest, 3),
            Replica = model + "-0/uid-0",
            CallerKey = callerKey,
        }, TestContext.Current.CancellationToken);
        _running.Add(guest);
        return guest;
    }

    /// <summary>The options by which every verb finds a guest and knows whom to believe.</summary>
    public string[] Trust(string policy = "policy.dsse.json") =>
        ["--policy", Folder[policy], "--owner", Folder["owner.pub.pem"], "--development-root", Folder["ark.pem"]];

    public Task<Cfm> RunAsync(GuestEndpoint guest, params IReadOnlyList<string> args) =>
        Cfm.RunAsync(Variables, [.. args, "--endpoint", guest.Address.AbsoluteUri, .. Trust()]);

    public Task<Cfm> VerifyAsync(GuestEndpoint guest, params IReadOnlyList<string> more) =>
        Cfm.RunAsync(Variables, ["verify", guest.Address.AbsoluteUri, .. Trust(), .. more]);

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable one in _running)
        {
            await one.DisposeAsync();
        }

        _owner.Dispose();
        Folder.Dispose();
    }
}
