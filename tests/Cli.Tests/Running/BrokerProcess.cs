using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ConfidentialOperator.Cli.Tests.Running;

/// <summary>The built key broker as a process: <c>init</c>, one tenant with one owner, a free port.</summary>
internal sealed partial class BrokerProcess : IAsyncDisposable
{
    private const string Assembly = "ConfidentialOperator.KeyBroker.dll";
    private readonly Process _process;

    private BrokerProcess(Process process, string address, string folder)
    {
        _process = process;
        Address = address;
        Folder = folder;
    }

    public string Address { get; }

    public string Folder { get; }

    public string Ca => Path.Combine(Folder, "tls.crt");

    public static async Task<BrokerProcess> StartAsync(string folder, string tenant, string ownerPublicKey)
    {
        using (Process init = Start("init", folder, "--host", "127.0.0.1", "--urls", "https://127.0.0.1:0"))
        {
            string said = await init.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await init.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await init.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(init.ExitCode == 0, said);
        }

        string owners = Path.Combine(folder, "tenants", tenant, "owners");
        Directory.CreateDirectory(owners);
        File.Copy(ownerPublicKey, Path.Combine(owners, "owner.pem"));
        Process broker = Start("serve", "--config", Path.Combine(folder, "broker.json"));
        var said2 = new List<string>();
        while (await broker.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            said2.Add(line);
            if (Listening().Match(line) is { Success: true } match)
            {
                // What it logs from now on is read away, so that it never waits for a reader.
                broker.BeginOutputDrain();
                return new BrokerProcess(broker, match.Groups[1].Value, folder);
            }
        }

        throw new InvalidOperationException($"The broker did not start: {string.Join("\n", said2)} {await broker.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static Process Start(params string[] args)
    {
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string assembly = Repository.Path($"artifacts/bin/KeyBroker/{configuration}/{Assembly}");
        return Process.Start(new ProcessStartInfo("dotnet", [assembly, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    [GeneratedRegex("Now listening on: (https://[^ ]+)")]
    private static partial Regex Listening();
}

internal static class ProcessOutput
{
    public static void BeginOutputDrain(this Process process)
    {
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        process.BeginErrorReadLine();
    }
}
