using System.CommandLine;
using System.CommandLine.Parsing;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Cli.Tests.Running;

namespace ConfidentialOperator.Cli.Tests.Verbs;

/// <summary>Every command that a document tells people to type is one that the program takes.</summary>
public sealed class DocumentedCommandTests
{
    private const string Program = "cfm ";

    public static TheoryData<string, string> Commands
    {
        get
        {
            var data = new TheoryData<string, string>();
            string[] files = [Repository.Path("README.md"), .. Directory.GetFiles(Repository.Path("docs"), "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
            foreach (string file in files.Where(file => Path.GetFileName(file) != "cli.md"))
            {
                foreach (string command in Read(file))
                {
                    data.Add(Path.GetRelativePath(Repository.Root, file), command);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void It_is_a_command_line_of_the_program(string file, string command)
    {
        ParseResult parsed = CommandTree.Create(CommandContext.OfProcess()).Parse([.. CommandLineParser.SplitCommandLine(command[Program.Length..])]);
        Assert.True(parsed.Errors.Count == 0, $"{file}: {command}: {string.Join(" ", parsed.Errors.Select(error => error.Message))}");
    }

    [Fact]
    public void The_guides_have_commands() => Assert.True(Commands.Count > 10);

    /// <summary>The lines of code blocks that begin with the program's name, with their continuations.</summary>
    private static IEnumerable<string> Read(string file)
    {
        bool code = false;
        string pending = "";
        foreach (string line in File.ReadLines(file))
        {
            code = line.StartsWith("```", StringComparison.Ordinal) ? !code : code;
            string text = pending + line.Trim().Replace("bin/cfm ", Program, StringComparison.Ordinal);
            bool continues = text.EndsWith('\\');
            pending = code && continues ? text.TrimEnd('\\') : "";
            if (code && !continues && text.StartsWith(Program, StringComparison.Ordinal))
            {
                yield return text;
            }
        }
    }
}
