using System.CommandLine;
using System.CommandLine.Parsing;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Cli.Verbs;
using ConfidentialOperator.Cli.Verbs.Audit;
using ConfidentialOperator.Cli.Verbs.Callers;
using ConfidentialOperator.Cli.Verbs.Collaterals;
using ConfidentialOperator.Cli.Verbs.Endpoints;
using ConfidentialOperator.Cli.Verbs.Keys;
using ConfidentialOperator.Cli.Verbs.Measure;
using ConfidentialOperator.Cli.Verbs.Models;
using ConfidentialOperator.Cli.Verbs.Policies;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli;

/// <summary>All verbs.</summary>
internal static class CommandTree
{
    // A word that begins with '@' is a prompt like any other, not the name of a file with more words.
    private static readonly ParserConfiguration s_parsing = new() { ResponseFileTokenReplacer = null };

    public static RootCommand Create(CommandContext context) => new("Owners seal models and say which guests may have them; users verify a guest and talk to it, sealed.")
    {
        KeygenVerb.Create(context),
        SealVerb.Create(context),
        PushVerb.Create(context),
        RenderVerb.Create(context),
        MeasureVerb.Create(context),
        PolicyVerb.Create(context),
        CallersVerb.Create(context),
        KeyVerb.Create(context),
        AuditVerb.Create(context),
        CollateralVerb.Create(context),
        VerifyVerb.Create(context),
        ChatVerb.Create(context),
        EmbedVerb.Create(context),
        InferVerb.Create(context),
        ProxyVerb.Create(context),
        DocsVerb.Create(context),
    };

    /// <summary>Runs a command line.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CommandContext context, CancellationToken cancellationToken)
    {
        ParseResult parsed = Create(context).Parse(args, s_parsing);
        if (parsed.Errors.Count > 0)
        {
            return context.Fail(new(RefusalReason.Malformed, $"{Sentence(parsed.Errors[0])} See '{PathOf(parsed.CommandResult)} --help'."));
        }

        var configuration = new InvocationConfiguration { Output = context.Output, Error = context.Error, EnableDefaultExceptionHandler = false };
        return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One line and one sentence: some messages of the parser are lists over several lines.</summary>
    private static string Sentence(ParseError error)
    {
        string line = string.Join(' ', error.Message.Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        return line.EndsWith('.') ? line : line + ".";
    }

    private static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : "cfm";
}
