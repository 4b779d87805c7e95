using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ConfidentialOperator.Inference.Confinement;
using ConfidentialOperator.Inference.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;

namespace ConfidentialOperator.Inference.Tests.Confinement;

/// <summary>The process that holds the secrets has no network; one that has a network gets no secret.</summary>
public sealed class ConfinementTests
{
    [Fact]
    public async Task EveryThreadOfAServingProcessHasTheFilter()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceProcess process = await InferenceProcess.StartAsync(model);
        TestCaller caller = TestCaller.Create("a");
        await process.Sockets.ServeAsync(model, caller);
        (await new SealedClient(process.Sockets, caller.Key).GetAsync("/v1/models")).AssertOk();

        string[][] threads = [.. Directory.GetDirectories($"/proc/{process.Id}/task").Select(Status).Where(status => status.Length > 0)];
        Assert.True(threads.Length > 4, "a process with a model has several threads");
        Assert.All(threads, status =>
        {
            Assert.Contains("Seccomp:\t2", status);
            Assert.Contains("NoNewPrivs:\t1", status);
        });
        Assert.Contains("Max core file size        0                    0", File.ReadAllText($"/proc/{process.Id}/limits"));
        await process.UntilWritesAsync("The process is confined");
    }

    // None for a thread that has ended meanwhile.
    private static string[] Status(string task)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(task, "status"));
        }
        catch (IOException)
        {
            return [];
        }
    }

    [Fact]
    public void TryingInAProcessWithoutTheFilterFindsTheNetwork()
    {
        Refusal? refusal = ConfinementProof.Try();
        Assert.Equal(RefusalReason.NetworkNotConfined, refusal?.Reason);
        Assert.Contains("AF_INET", refusal!.Message);
    }

    [Fact]
    public async Task WithoutTheFilterNoKeyIsTakenAndNoModelServed()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model, ConfinementProof.Try());
        await Answers.AssertProblemAsync(HttpStatusCode.Forbidden, RefusalReason.NetworkNotConfined,
            await host.Sockets.PutSecretAsync("/v1/model-key", model.Key));
        await Answers.AssertProblemAsync(HttpStatusCode.Forbidden, RefusalReason.NetworkNotConfined,
            await host.Sockets.PutSecretAsync("/v1/callers", model.Callers(1)));
        InferenceState state = await host.Sockets.StateAsync();
        Assert.Equal(InferencePhase.Refused, state.Phase);
        Assert.Equal(nameof(RefusalReason.NetworkNotConfined), state.Reason);
        Assert.Null(state.Model);
    }

    [Fact]
    public async Task AnOpenDiagnosticsPortIsNotConfined()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceProcess process = await InferenceProcess.StartAsync(model, ("DOTNET_EnableDiagnostics", null));
        InferenceState state = await process.Sockets.StateAsync();
        Assert.Equal(nameof(RefusalReason.NetworkNotConfined), state.Reason);
        Assert.Contains("DOTNET_EnableDiagnostics", state.Message);
    }

    [Fact]
    public async Task AnInheritedSocketIsNotConfined()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "this test hands a socket on with bash");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        var start = new ProcessStartInfo("/bin/bash");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec 9<>/dev/tcp/127.0.0.1/{((IPEndPoint)listener.LocalEndpoint).Port}; exec '{InferenceProcess.Executable}'");
        await using InferenceProcess process = InferenceProcess.Launch(model, start);
        await process.UntilAnswersAsync();
        InferenceState state = await process.Sockets.StateAsync();
        Assert.Equal(nameof(RefusalReason.NetworkNotConfined), state.Reason);
        Assert.Contains("since its start", state.Message);
    }
}
