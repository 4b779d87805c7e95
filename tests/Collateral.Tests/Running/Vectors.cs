namespace ConfidentialOperator.CollateralSupply.Tests.Running;

/// <summary>Recorded data of the vendors, in a folder beside the repository.</summary>
internal static class Vectors
{
    private static readonly string? s_folder = Find();

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Folder(), name.Replace('/', Path.DirectorySeparatorChar)));

    public static string Text(string name) => File.ReadAllText(Path.Combine(Folder(), name));

    private static string Folder()
    {
        bool mustBeThere = Environment.GetEnvironmentVariable("CI") == "true";
        Assert.SkipUnless(s_folder is not null || mustBeThere, "The folder 'shared/vectors' is neither beside the repository nor in CONFIDENTIAL_SHARED.");
        return s_folder ?? throw new InvalidOperationException("CI needs the folder 'shared/vectors' beside the repository, or CONFIDENTIAL_SHARED.");
    }

    private static string? Find()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "ConfidentialOperator.sln")))
        {
            root = Path.GetDirectoryName(root);
        }

        string?[] candidates = [Environment.GetEnvironmentVariable("CONFIDENTIAL_SHARED"), root is null ? null : Path.Combine(root, "..", "shared")];
        return candidates.Where(path => path is not null).Select(path => Path.Combine(path!, "vectors")).FirstOrDefault(Directory.Exists);
    }
}
