using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Collaterals;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.CollateralSupply;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Collaterals;

/// <summary><c>cfm collateral show</c>: prints what a bundle has, without judging it.</summary>
internal static class CollateralShowVerb
{
    public static Command Create(CommandContext context)
    {
        Argument<string> bundle = BundleArgument.Create();
        Option<string> output = SharedOptions.Output();
        var command = new Command("show", "Print what is in a bundle, as each entry says itself; nothing is verified.") { bundle, output };
        context.Attach(command, parse =>
        {
            IReadOnlyList<CollateralItem> items = BundleArgument.Read(parse.GetRequiredValue(bundle)).Items;
            if (parse.IsJson(output))
            {
                context.WriteJson(new JsonObject { ["entries"] = new JsonArray([.. items.Select(item => (JsonNode)ToNode(item))]) });
                return ExitCode.Accepted;
            }

            foreach (CollateralItem item in items)
            {
                string until = CollateralFacts.Read(item.ToCollateral()) is { } facts ? $"{facts.Description}, until {facts.Until:u}" : "cannot be read";
                context.Output.WriteLine(OneLine.Of($"{item.Kind,-11} {until}"));
                context.Output.WriteLine(OneLine.Of($"            {item.Data.Length} bytes, sha256 {ByteString.Sha256(item.Data.Span)}, fetched {item.FetchedAt:u}"));
                context.Output.WriteLine(OneLine.Of($"            from {item.Source}"));
            }

            return ExitCode.Accepted;
        });
        return command;
    }

    public static JsonObject ToNode(CollateralItem item)
    {
        CollateralFacts? facts = CollateralFacts.Read(item.ToCollateral());
        return new JsonObject
        {
            ["kind"] = item.Kind,
            ["sha256"] = ByteString.Sha256(item.Data.Span).ToString(),
            ["request"] = item.Request,
            ["source"] = item.Source,
            ["fetchedAt"] = item.FetchedAt.ToUnixTimeSeconds(),
            ["description"] = facts?.Description,
            ["issuer"] = facts?.Issuer,
            ["from"] = facts?.From.ToUnixTimeSeconds(),
            ["until"] = facts?.Until.ToUnixTimeSeconds(),
        };
    }
}
