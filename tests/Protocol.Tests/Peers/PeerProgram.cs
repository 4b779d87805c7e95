using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ConfidentialOperator.Protocol.Tests.Running;

namespace ConfidentialOperator.Protocol.Tests.Peers;

/// <summary>Other people's implementations in <c>shared/peers</c>: one in Go, one in Rust. What is started is ended by its own process id.</summary>
internal sealed class PeerProgram : IAsyncDisposable
{
    private readonly Process _process;

    private PeerProgram(Process process) => _process = process;

    /// <summary>Runs a subcommand to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Starts a server on a free port and waits until it takes connections.</summary>
    public static async Task<(PeerProgram Program, Uri Address)> ListenAsync(string program, params string[] arguments)
    {
        IPEndPoint end = FreePort();
        Process process = Start(program, [.. arguments, "-listen", end.ToString()]);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (!await ConnectsAsync(end))
        {
            Assert.False(process.HasExited, $"'{program}' ended before it listened");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return (new PeerProgram(process), new Uri($"http://{end}/"));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(SharedFolder.Find("peers/" + program)) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static IPEndPoint FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }

    private static async Task<bool> ConnectsAsync(IPEndPoint end)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(end, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
