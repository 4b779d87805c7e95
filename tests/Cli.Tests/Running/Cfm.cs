using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;

namespace ConfidentialOperator.Cli.Tests.Running;

/// <summary>Runs a command line inside the test's process, with streams and variables of its own.</summary>
internal sealed record Cfm(int Code, string Output, string Error)
{
    public JsonNode Json => JsonNode.Parse(Output)!;

    public static Task<Cfm> RunAsync(params IReadOnlyList<string> args) => RunAsync(new Dictionary<string, string>(), args);

    public static async Task<Cfm> RunAsync(IReadOnlyDictionary<string, string> variables, params IReadOnlyList<string> args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var context = new CommandContext
        {
            Input = TextReader.Null,
            Output = output,
            Error = error,
            Time = TimeProvider.System,
            Variable = name => variables.GetValueOrDefault(name),
        };
        int code = await CommandTree.RunAsync(args, context, TestContext.Current.CancellationToken);
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>Fails with what was printed, so that a red test says why.</summary>
    public Cfm Expect(int code)
    {
        Assert.True(Code == code, $"exit code {Code} instead of {code}\n{Output}\n{Error}");
        return this;
    }
}
