using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Endpoints;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Client;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Endpoints;

/// <summary><c>cfm verify</c>: asks an endpoint to prove itself, or looks at recorded evidence, and prints every step.</summary>
internal static class VerifyVerb
{
    public static Command Create(CommandContext context)
    {
        var endpoint = new Argument<string?>("endpoint") { Description = "The address of the model. Default: the variable CFM_ENDPOINT_URL.", Arity = ArgumentArity.ZeroOrOne };
        var options = new EndpointOptions(context);
        var recorded = new RecordedEvidenceOptions();
        Option<string> output = VerdictPrinter.Output();
        var command = new Command("verify", "Ask a guest to prove itself, or examine recorded evidence offline (--evidence), and print each step: rule, outcome, what was expected, "
            + "what was found, and where the rule is written down.") { endpoint, output };
        options.AddTo(command, withEndpoint: false, withApiKey: false);
        recorded.AddTo(command);
        context.Attach(command, async (parse, token) =>
        {
            if (recorded.IsGiven(parse))
            {
                return parse.GetValue(endpoint) is null ? recorded.Examine(context, options, parse, parse.GetValue(output))
                    : throw new CommandRefusedException(RefusalReason.Malformed, "Give an endpoint or --evidence, not both.");
            }

            recorded.RefuseIfUsed(parse);
            using ModelConnection connection = ModelConnection.Open(context, options.Target(parse, parse.GetValue(endpoint)) with { Collateral = recorded.CollateralOf(parse) });
            Verification verification = await connection.Client.VerifyAsync(token).ConfigureAwait(false);
            return verification.Appraisal is { } appraisal ? VerdictPrinter.Print(context, appraisal, parse.GetValue(output))
                : PrintNothing(context, verification, parse.IsJson(output));
        });
        return command;
    }

    /// <summary>Returns the appraisal's own JSON; when there was nothing to appraise, the reason in the same members.</summary>
    public static JsonNode ToNode(Verification verification) => verification.Appraisal is { } appraisal
        ? VerdictPrinter.ToNode(appraisal)
        : new JsonObject
        {
            ["accepted"] = false,
            ["at"] = verification.At.ToUnixTimeSeconds(),
            ["reason"] = verification.Refusal!.Reason.ToString(),
            ["message"] = verification.Refusal.Message,
            ["rules"] = new JsonArray(),
        };

    private static int PrintNothing(CommandContext context, Verification verification, bool json)
    {
        if (json)
        {
            context.WriteJson(ToNode(verification));
        }

        return context.Fail(verification.Refusal!);
    }
}
