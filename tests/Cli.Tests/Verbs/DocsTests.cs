using System.CommandLine;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Cli.Tests.Running;

namespace ConfidentialOperator.Cli.Tests.Verbs;

public sealed class DocsTests
{
    private const string Page = "docs/reference/cli.md";

    [Fact]
    [Trait("Writes", "Files")]
    public async Task The_reference_page_is_the_command_tree()
    {
        Cfm run = (await Cfm.RunAsync("docs")).Expect(0);
        string path = Repository.Path(Page);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(path, run.Output, TestContext.Current.CancellationToken);
        }

        Assert.True(File.Exists(path), $"{Page} is missing; run 'make generate'");
        Assert.True(run.Output == await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), $"{Page} is out of date; run 'make generate'");
    }

    [Fact]
    public void Everything_has_a_description()
    {
        var context = CommandContext.OfProcess();
        Assert.All(Leaves(CommandTree.Create(context)), command =>
        {
            Assert.False(string.IsNullOrWhiteSpace(command.Description), command.Name);
            Assert.All(command.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description), $"{command.Name} {option.Name}"));
            Assert.All(command.Arguments, argument => Assert.False(string.IsNullOrWhiteSpace(argument.Description), $"{command.Name} {argument.Name}"));
        });
    }

    [Fact]
    public void Every_verb_that_reports_does_so_in_json_too()
    {
        string[] others = ["render", "infer", "proxy", "docs"];
        Assert.All(Leaves(CommandTree.Create(CommandContext.OfProcess())).Where(command => !others.Contains(command.Name)),
            command => Assert.Contains(command.Options, option => option.Name == "--output"));
    }

    private static IEnumerable<Command> Leaves(Command command) =>
        command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);
}
