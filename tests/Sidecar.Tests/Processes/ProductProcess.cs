using System.Diagnostics;
using System.Text;

namespace ConfidentialOperator.Sidecar.Tests.Processes;

/// <summary>A built program of this repository as a process of its own.</summary>
internal sealed class ProductProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ProductProcess(Process process) => _process = process;

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

    public static ProductProcess Start(string project, string[] arguments, params (string Name, string Value)[] environment)
    {
        // The programs lie beside the tests, built in the same configuration.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory);
        string program = Path.Combine(configuration.Parent!.Parent!.FullName, project, configuration.Name, "ConfidentialOperator." + project);
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        var product = new ProductProcess(Process.Start(start)!);
        product._process.OutputDataReceived += product.Keep;
        product._process.ErrorDataReceived += product.Keep;
        product._process.BeginOutputReadLine();
        product._process.BeginErrorReadLine();
        return product;
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Asks the process to end, as Kubernetes does.</summary>
    public async Task<int> TerminateAsync()
    {
        using Process kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        return await ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}
