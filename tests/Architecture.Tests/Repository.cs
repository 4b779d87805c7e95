using System.Xml.Linq;

namespace ConfidentialOperator.Architecture.Tests;

/// <summary>The repository that holds the running test: its files as git would list them, without build output.</summary>
internal static class Repository
{
    private static readonly string[] s_skipped = [".git", "artifacts", "bin", "obj", ".demo", "node_modules", "TestResults"];

    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Files(string pattern) => Walk(new DirectoryInfo(Root), pattern).Order(StringComparer.Ordinal);

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>Name of each project and the files of the projects that it references for compilation.</summary>
    public static IReadOnlyDictionary<string, Project> Projects()
    {
        var projects = new Dictionary<string, Project>(StringComparer.Ordinal);
        foreach (string file in Files("*.csproj"))
        {
            XDocument document = XDocument.Load(file);
            string[] references = [.. document.Descendants("ProjectReference")
                .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
                .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!))];
            string[] packages = [.. document.Descendants("PackageReference").Select(reference => (string)reference.Attribute("Include")!)];
            string sdk = (string?)document.Root!.Attribute("Sdk") ?? "";
            bool executable = document.Descendants("OutputType").Any(type => type.Value == "Exe")
                || (sdk == "Microsoft.NET.Sdk.Web" && document.Descendants("OutputType").All(type => type.Value != "Library"));
            string name = Path.GetFileNameWithoutExtension(file);
            projects[name] = new Project(name, Relative(file), references, packages, executable);
        }

        return projects;
    }

    private static IEnumerable<string> Walk(DirectoryInfo folder, string pattern)
    {
        foreach (FileInfo file in folder.EnumerateFiles(pattern))
        {
            yield return file.FullName;
        }

        foreach (DirectoryInfo child in folder.EnumerateDirectories().Where(child => !s_skipped.Contains(child.Name)))
        {
            foreach (string file in Walk(child, pattern))
            {
                yield return file;
            }
        }
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "ConfidentialOperator.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("ConfidentialOperator.sln was not found above the test.");
    }
}

internal sealed record Project(string Name, string File, string[] References, string[] Packages, bool Executable)
{
    public bool IsProduct => !File.StartsWith("tests/", StringComparison.Ordinal);
}
