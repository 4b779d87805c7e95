using System.Diagnostics;

namespace ConfidentialOperator.ApiServer.Tests.Kubectl;

/// <summary>A server of its own, and a kubectl that talks to it.</summary>
internal sealed class KubectlRunner : IAsyncDisposable
{
    private readonly string _program;
    private readonly DirectoryInfo _home;

    private KubectlRunner(string program, KubernetesApi api)
    {
        _program = program;
        Api = api;
        _home = Directory.CreateTempSubdirectory("kubectl-home-");
    }

    public KubernetesApi Api { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts both; skips the test when there is no kubectl of the version.</summary>
    public static async Task<KubectlRunner> StartAsync(string version)
    {
        string? program = await KubectlBinary.FindAsync(version, Token);
        Assert.SkipUnless(program is not null, $"There is no kubectl {version} here: no shared cluster and no package feed.");
        return new KubectlRunner(program!, await KubernetesApi.StartAsync(new KubernetesApiOptions { Version = $"{version}.0" }, Token));
    }

    /// <summary>Runs a command line (split at blanks) that must succeed, and returns what it printed.</summary>
    public Task<string> RunAsync(string arguments, string? input = null) => RunAsync(arguments.Split(' '), input);

    public async Task<string> RunAsync(string[] arguments, string? input = null)
    {
        (int code, string output, string errors) = await TryAsync(arguments, input);
        Assert.True(code == 0, $"kubectl {string.Join(' ', arguments)} ended with {code}:\n{output}\n{errors}");
        return output;
    }

    /// <summary>Runs a command line that must fail, and returns what it complained of.</summary>
    public async Task<string> FailAsync(string arguments, string? input = null)
    {
        (int code, string output, string errors) = await TryAsync(arguments.Split(' '), input);
        Assert.True(code != 0, $"kubectl {arguments} did not fail:\n{output}");
        return errors;
    }

    public Process Start(string[] arguments)
    {
        ProcessStartInfo start = new(_program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["KUBECONFIG"] = Api.KubeconfigPath;
        start.Environment["HOME"] = _home.FullName;
        return Process.Start(start)!;
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        _home.Delete(recursive: true);
    }

    private async Task<(int Code, string Output, string Errors)> TryAsync(string[] arguments, string? input)
    {
        using Process process = Start(arguments);
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync(Token);
        string output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, output, await errors);
    }
}
