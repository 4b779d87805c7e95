namespace ConfidentialOperator.Architecture.Tests;

/// <summary>The arrows between projects: they are the trust model (docs/ARCHITECTURE.md).</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new(StringComparer.Ordinal)
    {
        ["Protocol"] = [],
        ["Attestation"] = ["Protocol"],
        ["Collateral"] = ["Protocol", "Attestation"],
        ["KeyBroker"] = ["Protocol", "Attestation", "Collateral"],
        ["Client"] = ["Protocol", "Attestation", "Collateral"],
        ["Cli"] = ["Protocol", "Attestation", "Collateral", "Client", "Rendering"],
        ["Rendering"] = ["Protocol"],
        ["Controller"] = ["Protocol", "Rendering"],
        ["Sidecar"] = ["Protocol"],
        ["Inference"] = ["Protocol"],
    };

    private static readonly IReadOnlyDictionary<string, Project> s_projects = Repository.Projects();

    [Fact]
    public void EveryProductProjectIsInTheTable() =>
        Assert.Equal(s_allowed.Keys.Order(StringComparer.Ordinal), s_projects.Values.Where(p => p.IsProduct).Select(p => p.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void ProductProjectsReferenceOnlyWhatTheTableAllows()
    {
        IEnumerable<string> wrong = s_projects.Values.Where(p => p.IsProduct)
            .SelectMany(p => p.References.Except(s_allowed[p.Name]).Select(reference => $"{p.Name} -> {reference}"));
        Assert.Empty(wrong);
    }

    /// <summary>Programs of the tests themselves (recorded evidence, changed inputs) may be used by any tests.</summary>
    [Fact]
    public void OnlyItsOwnTestsReferenceAnExecutable()
    {
        IEnumerable<string> wrong = s_projects.Values
            .SelectMany(p => p.References.Where(r => s_projects[r].Executable && p.Name != r + ".Tests" && (s_projects[r].IsProduct || !p.Name.EndsWith(".Tests", StringComparison.Ordinal)))
                .Select(r => $"{p.Name} -> {r}"));
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("KubernetesClient", "Controller")]
    [InlineData("Microsoft.ML.OnnxRuntime", "Inference")]
    [InlineData("Microsoft.ML.Tokenizers", "Inference")]
    public void APackageBelongsToOneProductProject(string package, string owner)
    {
        IEnumerable<string> users = s_projects.Values.Where(p => p.IsProduct && p.Packages.Contains(package)).Select(p => p.Name);
        Assert.Equal([owner], users);
    }

    [Fact]
    public void ProtocolReferencesOnlyTheCurvePackage() => Assert.Equal(["NSec.Cryptography"], s_projects["Protocol"].Packages);

    [Fact]
    public void AttestationIsPure()
    {
        string[] words = ["HttpClient", "File.", "Directory.", "TimeProvider", "Stopwatch", "Environment."];
        IEnumerable<string> wrong = Repository.Files("*.cs")
            .Where(file => Repository.Relative(file).StartsWith("trust/Attestation/", StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(file)
                .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
                .SelectMany(line => words.Where(word => ContainsWord(line, word)))
                .Select(word => $"{Repository.Relative(file)}: {word}"));
        Assert.Empty(wrong);
    }

    private static bool ContainsWord(string line, string word)
    {
        int at = line.IndexOf(word, StringComparison.Ordinal);
        return at >= 0 && (at == 0 || !char.IsLetterOrDigit(line[at - 1]));
    }
}
