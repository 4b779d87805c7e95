using System.Diagnostics;
using System.Text;

namespace ConfidentialOperator.Inference.Tests.Running;

/// <summary>The built executable as a process of its own, with the environment that a rendered pod gives it.</summary>
internal sealed class InferenceProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly string _folder;

    private InferenceProcess(Process process, string folder)
    {
        (_process, _folder) = (process, folder);
        Sockets = new GuestSockets(folder);
    }

    public GuestSockets Sockets { get; }

    public string RuntimeFolder => _folder;

    public int Id => _process.Id;

    /// <summary>Gets everything that the process wrote so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public static string Executable => Path.Combine(AppContext.BaseDirectory, "ConfidentialOperator.Inference");

    /// <summary>Starts a process and waits until it answers.</summary>
    public static async Task<InferenceProcess> StartAsync(SealedModel model, params (string Name, string? Value)[] settings)
    {
        InferenceProcess process = Launch(model, new ProcessStartInfo(Executable), settings);
        try
        {
            await process.UntilAnswersAsync();
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a process in the folder of another.</summary>
    public static async Task<InferenceProcess> StartInAsync(string runtimeFolder, SealedModel model)
    {
        InferenceProcess process = Launch(model, new ProcessStartInfo(Executable), ("Inference__RuntimeDirectory", runtimeFolder));
        await process.UntilWritesAsync("Inference answers on");
        return process;
    }

    /// <summary>Starts a process in a way of its own.</summary>
    public static InferenceProcess Launch(SealedModel model, ProcessStartInfo start, params (string Name, string? Value)[] settings)
    {
        string folder = Directory.CreateTempSubdirectory("guest-").FullName;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach ((string name, string? value) in Settings.For(model, folder).Append(("DOTNET_EnableDiagnostics", "0")).Concat(settings))
        {
            start.Environment[name] = value;
        }

        var process = new InferenceProcess(Process.Start(start)!, folder);
        process._process.OutputDataReceived += process.Keep;
        process._process.ErrorDataReceived += process.Keep;
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Waits until the process has written something: its lines come later than its deeds.</summary>
    public async Task UntilWritesAsync(string text)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            await Task.Delay(20, limit.Token);
        }
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async Task UntilAnswersAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                _ = await Sockets.StateAsync();
                return;
            }
            catch (HttpRequestException)
            {
                Assert.False(_process.HasExited, Output);
                await Task.Delay(20, limit.Token);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Sockets.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}

/// <summary>The environment of a rendered pod.</summary>
internal static class Settings
{
    public static IEnumerable<(string Name, string? Value)> For(SealedModel model, string runtimeFolder) =>
    [
        ("Inference__RuntimeDirectory", runtimeFolder),
        ("Inference__ModelDirectory", model.Folder),
        ("Inference__Model__Name", "model"),
        ("Inference__Model__Task", "tensor"),
        ("Inference__Model__ManifestDigest", model.Digest),
        ("Inference__Access__Mode", "keys"),
        ("Inference__MaxConcurrentRequests", "64"),
        ("Inference__Padding", "bucket"),
    ];
}
