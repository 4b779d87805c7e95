using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Collaterals;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.CollateralSupply;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Collaterals;

/// <summary><c>cfm collateral check</c>: whether each entry of a bundle verifies up to a pinned root and is in force, and what ends first.</summary>
internal static class CollateralCheckVerb
{
    private const int LongestRoot = 64 * 1024;

    public static Command Create(CommandContext context)
    {
        Argument<string> bundle = BundleArgument.Create();
        var at = new Option<DateTimeOffset?>("--at") { Description = "The time at which everything must be in force. Default: now.", HelpName = "TIME" };
        var roots = new Option<FileInfo[]>("--development-root") { Description = "The root of test hardware (PEM), accepted besides the vendors'. May be given several times.", HelpName = "FILE" };
        Option<string> output = SharedOptions.Output();
        var command = new Command("check", "Verify each entry of a bundle up to a vendor's root, and say what is in force and what ends first.") { bundle, at, roots, output };
        context.Attach(command, parse =>
        {
            IReadOnlyList<CollateralItem> items = BundleArgument.Read(parse.GetRequiredValue(bundle)).Items;
            DateTimeOffset now = parse.GetValue(at)?.ToUniversalTime() ?? context.Time.GetUtcNow();
            IReadOnlyList<ReviewedCollateral> reviewed = CollateralReview.Of([.. items.Select(item => item.ToCollateral())], Roots(parse.GetValue(roots) ?? []), now);
            Print(context, items, reviewed, now, parse.IsJson(output));
            ReviewedCollateral? bad = reviewed.FirstOrDefault(entry => entry.Refusal is not null);
            return items.Count == 0 ? context.Fail(new(RefusalReason.CollateralUnavailable, "The bundle is empty; fill it with 'cfm collateral fetch'."))
                : bad is null ? ExitCode.Accepted
                : context.Fail(new(bad.Refusal!.Reason, $"{reviewed.Count(entry => entry.Refusal is not null)} of {reviewed.Count} entries cannot be used; the first: {bad.Refusal.Message}"));
        });
        return command;
    }

    private static TrustRoots Roots(FileInfo[] files) =>
        TrustRoots.TryWithDevelopment(files.Select(file => InputFile.Text(file, LongestRoot)), out TrustRoots? roots, out Refusal? refusal)
            ? roots : throw new CommandRefusedException(refusal);

    private static void Print(CommandContext context, IReadOnlyList<CollateralItem> items, IReadOnlyList<ReviewedCollateral> reviewed, DateTimeOffset now, bool json)
    {
        ReviewedCollateral? first = reviewed.Where(entry => entry is { Refusal: null, Facts: not null }).MinBy(entry => entry.Facts!.Until);
        if (json)
        {
            context.WriteJson(new JsonObject
            {
                ["at"] = now.ToUnixTimeSeconds(),
                ["accepted"] = reviewed.Count > 0 && reviewed.All(entry => entry.Refusal is null),
                ["endsFirst"] = first?.Facts!.Until.ToUnixTimeSeconds(),
                ["entries"] = new JsonArray([.. items.Zip(reviewed, (item, entry) => (JsonNode)ToNode(item, entry))]),
            });
            return;
        }

        foreach ((CollateralItem item, ReviewedCollateral entry) in items.Zip(reviewed))
        {
            string found = entry.Facts is { } facts ? $"{facts.Description}, {facts.From:u} to {facts.Until:u}" : "cannot be read";
            context.Output.WriteLine(OneLine.Of($"{(entry.Refusal is null ? "pass" : "FAIL")} {item.Kind,-11} {found}"));
            context.Output.WriteLine(OneLine.Of(entry.Root.Length > 0 ? $"     verifies up to '{entry.Root}'" : "     verifies up to no accepted root"));
            if (entry.Refusal is { } refusal)
            {
                context.Output.WriteLine(OneLine.Of($"     {refusal}"));
            }
        }

        if (first is not null)
        {
            context.Output.WriteLine(OneLine.Of($"ends first: {first.Facts!.Description}, at {first.Facts.Until:u}"));
        }
    }

    private static JsonObject ToNode(CollateralItem item, ReviewedCollateral entry)
    {
        JsonObject node = CollateralShowVerb.ToNode(item);
        node["accepted"] = entry.Refusal is null;
        node["root"] = entry.Root;
        node["reason"] = entry.Refusal?.Reason.ToString();
        node["message"] = entry.Refusal?.Message;
        return node;
    }
}
