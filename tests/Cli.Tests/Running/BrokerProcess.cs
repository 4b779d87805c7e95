using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ConfidentialOperator.Cli.Tests.Running;

/// <summary>The built key broker as a process: <c>init</c>, one tenant with one owner, a free port.</summary>
internal sealed partial class BrokerProcess : IAsyncDisposable
{
    private const string Assembly = "ConfidentialOperator.KeyBroker.dll";
    private readonly ConcurrentQueue<string> _log = new();
    private readonly Process _process;

    private BrokerProcess(Process process, string address, string folder)
    {
        _process = process;
        Address = address;
        Folder = folder;
        // What it logs from now on is read as it comes, so that it never waits for a reader.
        _ = ReadLogAsync();
        process.BeginErrorReadLine();
    }

    public string Address { get; }

    public string Folder { get; }

    /// <summary>What the broker wrote since it started.</summary>
    public IReadOnlyCollection<string> Log => _log;

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
                return new BrokerProcess(broker, match.Groups[1].Value, folder);
            }
        }

        throw new InvalidOperationException($"The broker did not start: {string.Join("\n", said2)} {await broker.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
    }

    /// <summary>Waits until a line of the log has all these words.</summary>
    public async Task UntilLoggedAsync(params string[] words)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        for (int i = 0; i < 500; i++)
        {
            if (_log.Any(line => words.All(word => line.Contains(word, StringComparison.Ordinal)))) return;
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        Assert.Fail($"No line has {string.Join(" and ", words)}: {string.Join('\n', _log)}");
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

    private async Task ReadLogAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            _log.Enqueue(line);
        }
    }

    [GeneratedRegex("Now listening on: (https://[^ ]+)")]
    private static partial Regex Listening();
}
