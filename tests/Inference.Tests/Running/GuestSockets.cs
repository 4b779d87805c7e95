using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.Inference.Tests.Running;

/// <summary>The two sockets of a guest as the Sidecar uses them.</summary>
internal sealed class GuestSockets(string folder) : IDisposable
{
    public HttpClient Control { get; } = Client(Path.Combine(folder, "keys.sock"));

    public HttpClient Ciphertext { get; } = Client(Path.Combine(folder, "inference.sock"));

    public static GuestIdentity Identity { get; } = new()
    {
        Replica = "pod-1/uid-1",
        InitDataSha256 = Convert.ToHexStringLower(SHA256.HashData("initdata"u8)),
        TlsSpkiSha256 = [Convert.ToHexStringLower(SHA256.HashData("spki"u8))],
        PolicySha256 = Convert.ToHexStringLower(SHA256.HashData("policy"u8)),
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async Task<InferenceState> StateAsync()
    {
        Assert.True(Contract.TryRead(await Control.GetByteArrayAsync("/v1/state", Stop), out InferenceState? state, out Refusal? refusal), refusal?.ToString());
        return state;
    }

    /// <summary>Waits until a state is reached; the test's own time limit ends a wait in vain.</summary>
    public async Task<InferenceState> UntilAsync(Func<InferenceState, bool> reached)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        InferenceState state;
        while (!reached(state = await StateAsync()))
        {
            await Task.Delay(20, limit.Token);
        }

        return state;
    }

    public Task<InferenceState> LoadedOrRefusedAsync() => UntilAsync(state => state.Phase is InferencePhase.Ready or InferencePhase.Refused);

    public Task<HttpResponseMessage> PutIdentityAsync(GuestIdentity identity) => PutAsync("/v1/identity", Contract.Write(identity));

    /// <summary>Puts a secret as the broker would have wrapped it.</summary>
    public async Task<HttpResponseMessage> PutSecretAsync(string path, byte[] secret)
    {
        Assert.True(TeePublicKey.TryParse(await Control.GetByteArrayAsync("/v1/tee-key", Stop), out TeePublicKey? key, out Refusal? refusal), refusal?.ToString());
        return await PutAsync(path, Jwe.Seal(secret, key));
    }

    public Task<HttpResponseMessage> PutAsync(string path, byte[] body) => Control.PutAsync(path, new ByteArrayContent(body), Stop);

    /// <summary>Brings a guest into service.</summary>
    public async Task ServeAsync(SealedModel model, params TestCaller[] callers)
    {
        await Answers.AssertAsync(HttpStatusCode.NoContent, await PutIdentityAsync(Identity));
        await Answers.AssertAsync(HttpStatusCode.Accepted, await PutSecretAsync("/v1/model-key", model.Key));
        if (callers.Length > 0)
        {
            await Answers.AssertAsync(HttpStatusCode.NoContent,
                await PutSecretAsync("/v1/callers", model.Callers(1, [.. callers.Select(caller => caller.Entry)])));
        }

        InferenceState state = await LoadedOrRefusedAsync();
        Assert.True(state.Phase == InferencePhase.Ready, $"{state.Reason}: {state.Message}");
    }

    public async Task<IReadOnlyList<KeyConfiguration>> ConfigurationsAsync()
    {
        byte[] list = await Control.GetByteArrayAsync("/v1/ohttp-keys", Stop);
        Assert.True(KeyConfiguration.TryParse(list, out IReadOnlyList<KeyConfiguration>? configurations, out Refusal? refusal), refusal?.ToString());
        return configurations;
    }

    public void Dispose()
    {
        Control.Dispose();
        Ciphertext.Dispose();
    }

    private static HttpClient Client(string path) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    {
        BaseAddress = new Uri("http://inference"),
    };
}
