using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Cli.Verbs.Collaterals;
using ConfidentialOperator.CollateralSupply.Bundles;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Cli.Verbs.Endpoints;

/// <summary>Collateral from files, folders and bundles. What a file is called says what it may be; what it is worth is found out by verifying it.</summary>
internal static class CollateralFiles
{
    private const int LongestFile = 4 * 1024 * 1024;
    private const int LongestBundle = 32 * 1024 * 1024;
    private const int MostFiles = 256;

    private static readonly string[] s_endings = [".der", ".pem", ".crt", ".cer", ".crl", ".json", ".xml"];

    public static IReadOnlyList<Collateral> Read(IEnumerable<string> paths)
    {
        string[] given = [.. paths];
        IEnumerable<Collateral> bundled = given.Where(IsBundle).SelectMany(path => BundleArgument.Read(path).Items).Select(item => item.ToCollateral());
        FileInfo[] files = [.. given.Where(path => !IsBundle(path)).SelectMany(Files)];
        return files.Length <= MostFiles
            ? [.. bundled, .. files.Select(file => new Collateral(KindOf(file.Name), new ByteString(InputFile.Bytes(file, LongestFile))))]
            : throw new CommandRefusedException(RefusalReason.TooLarge, $"--collateral names {files.Length} files; the limit is {MostFiles}.");
    }

    /// <summary>A bundle is a folder with an index, or a file that names its format.</summary>
    private static bool IsBundle(string path) => Directory.Exists(path) ? BundlePath.IsBundle(path)
        : Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase) && CollateralBundle.HasFormat(InputFile.Bytes(new FileInfo(path), LongestBundle));

    private static IEnumerable<FileInfo> Files(string path) => !Directory.Exists(path) ? [new FileInfo(path)]
        : new DirectoryInfo(path).EnumerateFiles().Where(file => s_endings.Contains(file.Extension.ToLowerInvariant())).OrderBy(file => file.Name, StringComparer.Ordinal);

    private static string KindOf(string name)
    {
        string stem = name.ToLowerInvariant();
        return stem.Contains("crl", StringComparison.Ordinal) && !stem.Contains("chain", StringComparison.Ordinal) ? "crl"
            : stem.StartsWith("vcek", StringComparison.Ordinal) ? "vcek"
            : stem.StartsWith("vlek", StringComparison.Ordinal) ? "vlek"
            : stem.EndsWith(".xml", StringComparison.Ordinal) ? stem.Contains("vbios", StringComparison.Ordinal) ? "vbios-rim" : "driver-rim"
            : stem.StartsWith("ocsp", StringComparison.Ordinal) ? "ocsp"
            : stem.EndsWith(".json", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(stem)
            : "chain";
    }
}
