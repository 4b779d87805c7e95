using System.Security.Cryptography;
using System.Text;

using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.Sidecar.Tests.Running;

/// <summary>Stands where Inference stands: two Unix sockets that behave as docs/protocol/guest.md says. What is sealed is answered by the test.</summary>
internal sealed class FakeInference : IAsyncDisposable
{
    private readonly string _folder;
    private readonly byte[] _modelKey;
    private readonly bool _wantsCallers;
    private readonly Lock _lock = new();
    private WebApplication? _application;
    private ECDiffieHellman _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private HpkePrivateKey _sealing = HpkePrivateKey.Generate();
    private GuestIdentity? _identity;
    private bool _hasKey;
    private bool _hasCallers;

    public FakeInference(string folder, byte[] modelKey, bool wantsCallers = true)
    {
        (_folder, _modelKey, _wantsCallers) = (folder, modelKey, wantsCallers);
        Directory.CreateDirectory(folder);
    }

    public int KeysReceived { get; private set; }

    public int CallersReceived { get; private set; }

    public int Connections { get; private set; }

    public GuestIdentity? Identity => _identity;

    public ECDiffieHellman TeeKey => _key;

    public string KeyName => Configuration.KeyName;

    /// <summary>Makes opening the model fail.</summary>
    public Refusal? LoadRefusal { get; set; }

    /// <summary>Runs before a keyset is answered.</summary>
    public Action? OnKeyset { get; set; }

    public RequestDelegate Sealed { get; set; } = context => context.Response.WriteAsync("sealed");

    public byte[] KeysetBytes => new Keyset
    {
        NotAfter = DateTimeOffset.FromUnixTimeSeconds(2_000_000_000),
        Replica = _identity?.Replica ?? "",
        Model = new ModelIdentity(SealedModel.Name, ByteString.Sha256("manifest"u8), 3),
        PolicySha256 = _identity is { PolicySha256.Length: > 0 } ? ByteString.FromHex(_identity.PolicySha256) : null,
        InitDataSha256 = ByteString.FromHex(_identity?.InitDataSha256 ?? new string('0', 64)),
        SealingKeys = [new SealingKey("ohttp", 1, 0x20, 1, 2, _sealing.PublicKey)],
        TlsSpkiSha256 = [.. (_identity?.TlsSpkiSha256 ?? []).Select(ByteString.FromHex)],
    }.ToJson();

    private KeyConfiguration Configuration => new(1, _sealing.PublicKey, [HpkeAead.Aes256Gcm]);

    private bool IsReady => _hasKey && (_hasCallers || !_wantsCallers) && LoadRefusal is null;

    public async Task StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.ListenUnixSocket(Path.Combine(_folder, "keys.sock"));
            kestrel.ListenUnixSocket(Path.Combine(_folder, "inference.sock"));
        });
        _application = builder.Build();
        MapControl(_application);
        _application.MapPost("/v1/sealed", context =>
        {
            Connections++;
            return Sealed(context);
        });
        await _application.StartAsync(TestContext.Current.CancellationToken);
    }

    public async Task StopAsync()
    {
        if (_application is not null)
        {
            using var now = new CancellationTokenSource(TimeSpan.Zero);
            await _application.StopAsync(now.Token);
            await _application.DisposeAsync();
            _application = null;
        }

        File.Delete(Path.Combine(_folder, "keys.sock"));
        File.Delete(Path.Combine(_folder, "inference.sock"));
    }

    /// <summary>A new process: new keys, no model.</summary>
    public async Task StartAgainAsync()
    {
        await StopAsync();
        _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        (_hasKey, _hasCallers, _identity) = (false, false, null);
        RotateSealingKey();
        await StartAsync();
    }

    public void RotateSealingKey() => _sealing = HpkePrivateKey.Generate();

    public async ValueTask DisposeAsync() => await StopAsync();

    private void MapControl(WebApplication application)
    {
        application.MapGet("/v1/tee-key", () => Results.Bytes(TeePublicKey.From(_key).ToJson(), "application/json"));
        application.MapGet("/v1/state", () => Results.Bytes(Contract.Write(State()), "application/json"));
        application.MapGet("/v1/keyset", () =>
        {
            OnKeyset?.Invoke();
            return IsReady ? Results.Bytes(KeysetBytes, "application/json") : NotReady();
        });
        application.MapGet("/v1/ohttp-keys", () => IsReady ? Results.Bytes(KeyConfiguration.EncodeList([Configuration]), KeyConfiguration.MediaType) : NotReady());
        application.MapPut("/v1/identity", async context =>
        {
            Assert.True(Contract.TryRead(await BodyAsync(context), out GuestIdentity? identity, out _));
            _identity = identity;
            context.Response.StatusCode = 204;
        });
        application.MapPut("/v1/model-key", async context => await TakeAsync(context, value => value.SequenceEqual(_modelKey), 202, () =>
        {
            KeysReceived++;
            _hasKey = true;
        }));
        application.MapPut("/v1/callers", async context => await TakeAsync(context, value => Encoding.UTF8.GetString(value) == TestBroker.CallerList, 204, () =>
        {
            CallersReceived++;
            _hasCallers = true;
        }));
    }

    private async Task TakeAsync(HttpContext context, Func<byte[], bool> isRight, int status, Action accept)
    {
        Refusal? refusal = Jwe.TryOpen(await BodyAsync(context), _key, out SecretKey? value, out Refusal? fault) ? null : fault;
        using (value)
        {
            refusal ??= isRight(value!.Span.ToArray()) ? null : new(RefusalReason.ModelKeyWrong, "The key does not open the model.");
        }

        if (refusal is null)
        {
            lock (_lock)
            {
                accept();
            }
        }

        context.Response.StatusCode = refusal is null ? status : 422;
        if (refusal is not null)
        {
            await context.Response.Body.WriteAsync(new Problem(422, refusal).ToJson());
        }
    }

    private InferenceState State() => LoadRefusal is not null && _hasKey
        ? new InferenceState { Phase = InferencePhase.Refused, Reason = LoadRefusal.Reason.ToString(), Message = LoadRefusal.Message }
        : new InferenceState
        {
            Phase = IsReady ? InferencePhase.Ready : _hasKey ? InferencePhase.Loading : InferencePhase.AwaitingKey,
            KeysetSha256 = IsReady ? ByteString.Sha256(KeysetBytes).ToString() : "",
        };

    private static IResult NotReady() => Results.Bytes(
        new Problem(409, new(RefusalReason.ModelNotReady, "The model is not loaded yet.")).ToJson(), Problem.MediaType) is var result ? new Conflict(result) : result;

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private sealed class Conflict(IResult inner) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = 409;
            return inner.ExecuteAsync(httpContext);
        }
    }
}
