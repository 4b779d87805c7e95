using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Ear;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;
using Spectre.Console;

namespace ConfidentialOperator.Cli.Verbs.Endpoints;

/// <summary>Prints a verdict: step by step for people, as JSON for programs, or as the claims of an EAR for those who read attestation tokens.</summary>
internal static class VerdictPrinter
{
    private const string Ear = "ear";

    public static Option<string> Output()
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = "How the verdict is printed: each step, the verdict's JSON (docs/reference/appraisal.schema.json), or an EAR claim set without a signature.",
            DefaultValueFactory = _ => SharedOptions.Text,
            HelpName = "json|ear|text",
        };
        return option.AcceptOnlyFromAmong(SharedOptions.Json, Ear, SharedOptions.Text);
    }

    /// <summary>Prints the verdict and returns the exit code that says the same.</summary>
    /// <param name="context">Where it goes.</param>
    /// <param name="appraisal">The verdict.</param>
    /// <param name="output">The form.</param>
    /// <param name="isSigned">Whether an owner signed the policy.</param>
    public static int Print(CommandContext context, Appraisal appraisal, string? output, bool isSigned = true)
    {
        switch (output)
        {
            case SharedOptions.Json:
                context.WriteJson(ToNode(appraisal, isSigned));
                break;
            case Ear:
                context.WriteJson(EarClaims.Write(appraisal));
                break;
            default:
                PrintText(context, appraisal, isSigned);
                break;
        }

        return appraisal.Accepted ? ExitCode.Accepted : context.Fail(appraisal.Refusal!);
    }

    /// <summary>Returns the verdict's own JSON. A policy that nobody signed has no signers.</summary>
    public static JsonNode ToNode(Appraisal appraisal, bool isSigned = true)
    {
        JsonNode node = JsonNode.Parse(appraisal.ToJson())!;
        if (!isSigned)
        {
            node["policy"]!["signers"] = new JsonArray();
        }

        return node;
    }

    private static void PrintText(CommandContext context, Appraisal appraisal, bool isSigned)
    {
        IAnsiConsole console = context.Console;
        int widest = appraisal.Results.Max(result => Name(result).Length);
        foreach (RuleResult result in appraisal.Results)
        {
            console.MarkupLine($"{Mark(result.Outcome)} {Markup.Escape(Name(result).PadRight(widest))}  {Markup.Escape(Word(result.Aspect))}  "
                + $"{Markup.Escape(Facts(result))}  [grey]{Markup.Escape($"({result.Specification})")}[/]");
        }

        foreach (Waiver waiver in appraisal.Waivers)
        {
            console.MarkupLine($"[yellow]{Markup.Escape(OneLine.Of($"waived by the policy: {waiver.Check}: {waiver.Reason}"))}[/]");
        }

        console.MarkupLine($"genuine: {Word(appraisal.Genuine)}  current: {Word(appraisal.Current)}  expected: {Word(appraisal.Expected)}");
        TrustPolicy policy = appraisal.Policy.Policy;
        console.MarkupLine(Markup.Escape(
            $"policy {policy.PolicyVersion} of {policy.Tenant}/{policy.Model}, sha256 {appraisal.Policy.Sha256}, valid until {policy.NotAfter:u}{(isSigned ? "" : ", NOT SIGNED")}"));
        if (appraisal.Development)
        {
            console.MarkupLine("[yellow]development: the evidence ends in a development root; no hardware stands behind it[/]");
        }

        console.MarkupLine(appraisal.Accepted ? "[green]accepted[/]" : $"[red]rejected: {appraisal.Refusal?.Reason ?? RefusalReason.InternalError}[/]");
    }

    private static string Name(RuleResult result) => result.Subject == RuleResult.Cpu ? result.Rule : $"{result.Subject} {result.Rule}";

    private static string Word(RuleAspect aspect) => aspect.ToString().ToLowerInvariant().PadRight(nameof(RuleAspect.Expected).Length);

    private static string Facts(RuleResult result) => result.Outcome switch
    {
        RuleOutcome.Passed when result.Expected == result.Found => $"{result.Found}, as expected",
        RuleOutcome.Passed => $"{result.Found} (expected {result.Expected})",
        RuleOutcome.Waived => $"waived: {result.Message} (found {result.Found})",
        RuleOutcome.Noted => $"{result.Found} ({result.Message})",
        RuleOutcome.NotReached => result.Message,
        _ => $"{result.Reason}: expected {result.Expected}, found {result.Found}",
    };

    private static string Mark(RuleOutcome outcome) => outcome switch
    {
        RuleOutcome.Passed => "[green]pass  [/]",
        RuleOutcome.Waived => "[yellow]waived[/]",
        RuleOutcome.Noted => "[yellow]noted [/]",
        RuleOutcome.NotReached => "[red]open  [/]",
        _ => "[red]FAIL  [/]",
    };

    private static string Word(bool holds) => holds ? "[green]yes[/]" : "[red]no[/]";
}
