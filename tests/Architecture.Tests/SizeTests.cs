using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ConfidentialOperator.Architecture.Tests;

/// <summary>Budgets that keep a file readable in one sitting.</summary>
public sealed class SizeTests
{
    private const int FileLines = 300;
    private const int MethodLines = 40;
    private const int TestMethodLines = 60;
    private const int FolderFiles = 25;

    private static readonly string[] s_bannedSuffixes = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Common", "Base", "Impl", "Service"];

    [Fact]
    public void FilesAreShort() => Assert.Empty(
        Repository.Files("*.cs").Select(file => (file, lines: File.ReadLines(file).Count())).Where(entry => entry.lines > FileLines)
            .Select(entry => $"{Repository.Relative(entry.file)}: {entry.lines} lines"));

    [Fact]
    public void FoldersAreSmall() => Assert.Empty(
        Repository.Files("*").GroupBy(Path.GetDirectoryName).Where(folder => folder.Count() > FolderFiles)
            .Select(folder => $"{Repository.Relative(folder.Key!)}: {folder.Count()} files"));

    [Fact]
    public void MethodsAreShort() => Assert.Empty(Declarations<BaseMethodDeclarationSyntax>()
        .Select(entry => (entry.file, entry.node, lines: Lines(entry.node)))
        .Where(entry => entry.lines > (IsTest(entry.file) ? TestMethodLines : MethodLines))
        .Select(entry => $"{entry.file}: {Name(entry.node)} has {entry.lines} lines"));

    [Fact]
    public void TypesSayWhatTheyAre() => Assert.Empty(Declarations<BaseTypeDeclarationSyntax>()
        .Where(entry => s_bannedSuffixes.Any(suffix => entry.node.Identifier.Text.EndsWith(suffix, StringComparison.Ordinal)))
        .Select(entry => $"{entry.file}: {entry.node.Identifier.Text}"));

    private static IEnumerable<(string file, TNode node)> Declarations<TNode>()
        where TNode : SyntaxNode =>
        Repository.Files("*.cs").SelectMany(file =>
            CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot().DescendantNodes().OfType<TNode>()
                .Select(node => (Repository.Relative(file), node)));

    private static bool IsTest(string file) => file.StartsWith("tests/", StringComparison.Ordinal) && file.Contains(".Tests/", StringComparison.Ordinal);

    private static int Lines(SyntaxNode node)
    {
        FileLinePositionSpan span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    private static string Name(BaseMethodDeclarationSyntax method) => method switch
    {
        MethodDeclarationSyntax named => named.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text + "()",
        _ => method.Kind().ToString(),
    };
}
