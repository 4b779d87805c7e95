using System.Runtime.InteropServices;

namespace ConfidentialOperator.Lab.Hosting;

/// <summary>The folder of the .NET runtime that this process runs on.</summary>
internal static class DotnetRoot
{
    public static string? Find()
    {
        // ROOT/shared/Microsoft.NETCore.App/VERSION
        DirectoryInfo? root = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/')).Parent?.Parent?.Parent;
        return root is not null && File.Exists(Path.Combine(root.FullName, "dotnet")) ? root.FullName : Environment.GetEnvironmentVariable("DOTNET_ROOT");
    }
}
