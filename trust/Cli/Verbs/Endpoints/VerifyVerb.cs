using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Cli.Endpoints;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Client;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;
using Spectre.Console;

namespace ConfidentialOperator.Cli.Verbs.Endpoints;

/// <summary><c>cfm verify</c>: asks an endpoint to prove itself and prints every step.</summary>
internal static class VerifyVerb
{
    public static Command Create(CommandContext context)
    {
        var endpoint = new Argument<string?>("endpoint") { Description = "The address of the model. Default: the variable CFM_ENDPOINT_URL.", Arity = ArgumentArity.ZeroOrOne };
        var options = new EndpointOptions(context);
        Option<string> output = SharedOptions.Output();
        var command = new Command("verify", "Ask a guest to prove itself and print each step: rule, outcome, what was expected and what was found.") { endpoint, output };
        options.AddTo(command, withEndpoint: false, withApiKey: false);
        context.Attach(command, async (parse, token) =>
        {
            using ModelConnection connection = ModelConnection.Open(context, options.Target(parse, parse.GetValue(endpoint)));
            Verification verification = await connection.Client.VerifyAsync(token).ConfigureAwait(false);
            if (parse.IsJson(output))
            {
                context.WriteJson(ToNode(verification));
            }
            else if (verification.Appraisal is { } appraisal)
            {
                Print(context, appraisal);
            }

            return verification.Accepted ? ExitCode.Accepted : context.Fail(verification.Refusal);
        });
        return command;
    }

    /// <summary>Returns the appraisal's own JSON; when there was nothing to appraise, the reason in the same members.</summary>
    public static JsonNode ToNode(Verification verification) => verification.Appraisal is { } appraisal
        ? JsonNode.Parse(appraisal.ToJson())!
        : new JsonObject
        {
            ["accepted"] = false,
            ["at"] = verification.At.ToUnixTimeSeconds(),
            ["reason"] = verification.Refusal!.Reason.ToString(),
            ["message"] = verification.Refusal.Message,
            ["rules"] = new JsonArray(),
        };

    private static void Print(CommandContext context, Appraisal appraisal)
    {
        IAnsiConsole console = context.Console;
        int widest = appraisal.Results.Max(result => result.Rule.Length);
        foreach (RuleResult result in appraisal.Results)
        {
            console.MarkupLine($"{Mark(result.Outcome)} {Markup.Escape(result.Rule.PadRight(widest))}  {Markup.Escape(Facts(result))}");
        }

        console.MarkupLine($"genuine: {Word(appraisal.Genuine)}  current: {Word(appraisal.Current)}  expected: {Word(appraisal.Expected)}");
        TrustPolicy policy = appraisal.Policy.Policy;
        console.MarkupLine(Markup.Escape($"policy {policy.PolicyVersion} of {policy.Tenant}/{policy.Model}, sha256 {appraisal.Policy.Sha256}, valid until {policy.NotAfter:u}"));
        if (appraisal.Development)
        {
            console.MarkupLine("[yellow]development: the evidence ends in a development root; no hardware stands behind it[/]");
        }

        console.MarkupLine(appraisal.Accepted ? "[green]accepted[/]" : $"[red]rejected: {appraisal.Refusal?.Reason ?? RefusalReason.InternalError}[/]");
    }

    private static string Facts(RuleResult result) => result.Outcome switch
    {
        RuleOutcome.Passed when result.Expected == result.Found => $"{result.Found}, as expected",
        RuleOutcome.Passed => $"{result.Found} (expected {result.Expected})",
        RuleOutcome.Waived => $"waived: {result.Message} (found {result.Found})",
        RuleOutcome.Noted => $"{result.Found} ({result.Message})",
        _ => $"{result.Reason}: expected {result.Expected}, found {result.Found}",
    };

    private static string Mark(RuleOutcome outcome) => outcome switch
    {
        RuleOutcome.Passed => "[green]pass  [/]",
        RuleOutcome.Waived => "[yellow]waived[/]",
        RuleOutcome.Noted => "[yellow]noted [/]",
        _ => "[red]FAIL  [/]",
    };

    private static string Word(bool holds) => holds ? "[green]yes[/]" : "[red]no[/]";
}
