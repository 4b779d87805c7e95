using System.Diagnostics;

namespace ConfidentialOperator.Cli.Tests.Running;

/// <summary>The built program as a process of its own.</summary>
internal sealed class CfmProcess : IAsyncDisposable
{
    private readonly Process _process;

    private CfmProcess(Process process) => _process = process;

    public StreamReader Output => _process.StandardOutput;

    public int Id => _process.Id;

    /// <summary>Runs to the end.</summary>
    public static async Task<Cfm> RunAsync(IReadOnlyDictionary<string, string> variables, string input, params IReadOnlyList<string> args)
    {
        await using CfmProcess run = Start(variables, args);
        await run._process.StandardInput.WriteAsync(input);
        run._process.StandardInput.Close();
        Task<string> output = run._process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = run._process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run._process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Cfm(run._process.ExitCode, await output, await error);
    }

    public static CfmProcess Start(IReadOnlyDictionary<string, string> variables, params IReadOnlyList<string> args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "cfm.dll"), .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        return new CfmProcess(Process.Start(start)!);
    }

    /// <summary>Asks it to end, as a service's supervisor does, and returns its code.</summary>
    public async Task<int> TerminateAsync()
    {
        using Process kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }
}
