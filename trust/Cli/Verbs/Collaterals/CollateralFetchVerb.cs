using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.CollateralSupply;
using ConfidentialOperator.CollateralSupply.Bundles;
using ConfidentialOperator.CollateralSupply.Fetching;
using ConfidentialOperator.CollateralSupply.Needs;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Collaterals;

/// <summary><c>cfm collateral fetch</c>: asks the vendors' services and writes a bundle.</summary>
internal static class CollateralFetchVerb
{
    public static Command Create(CommandContext context)
    {
        var wanted = new WantedCollateralOptions();
        var services = new ServiceOptions(context);
        var bundle = new Option<string>("--bundle")
        {
            Description = "Where the bundle is written: a file, or a folder when it exists or the name ends in a separator. What is in it already stays.",
            Required = true,
            HelpName = "BUNDLE",
        };
        Option<string> output = SharedOptions.Output();
        var command = new Command("fetch", "Ask the vendors' services for what evidence needs, and write it into a bundle.") { bundle, output };
        wanted.AddTo(command);
        services.AddTo(command);
        context.Attach(command, async (parse, token) =>
        {
            IReadOnlyList<CollateralRequest> requests = wanted.Requests(parse);
            using var http = new HttpClient(CollateralFetcher.CreateHandler());
            using CollateralFetcher fetcher = services.Open(parse, http);
            GatheredCollateral gathered = await GatheredCollateral.FromAsync([fetcher], requests, token).ConfigureAwait(false);
            Write(parse.GetRequiredValue(bundle), gathered.Items);
            return Report(context, requests, gathered, parse.IsJson(output));
        });
        return command;
    }

    /// <summary>What was asked for anew replaces what the bundle had for the same request.</summary>
    private static void Write(string path, IReadOnlyList<CollateralItem> items)
    {
        HashSet<string> fetched = [.. items.Select(item => item.Request)];
        bool isThere = File.Exists(path) || (Directory.Exists(path) && BundlePath.IsBundle(path));
        IEnumerable<CollateralItem> kept = isThere ? BundleArgument.Read(path).Items.Where(item => !fetched.Contains(item.Request)) : [];
        BundlePath.Write(path, new CollateralBundle(kept.Concat(items)));
    }

    private static int Report(CommandContext context, IReadOnlyList<CollateralRequest> requests, GatheredCollateral gathered, bool json)
    {
        if (json)
        {
            context.WriteJson(ToJson(gathered));
        }
        else
        {
            Print(context, gathered);
        }

        return gathered.Missing.Count == 0 ? ExitCode.Accepted : context.Fail(new(gathered.Missing[0].Refusal.Reason,
            $"{gathered.Missing.Count} of {requests.Count} requests gave nothing; the first: {gathered.Missing[0].Refusal.Message}"));
    }

    private static JsonObject ToJson(GatheredCollateral gathered) => new()
    {
        ["fetched"] = new JsonArray([.. gathered.Items.Select(item =>
            (JsonNode)new JsonObject { ["kind"] = $"{item.Kind}", ["bytes"] = item.Data.Length, ["source"] = $"{item.Source}" })]),
        ["missing"] = new JsonArray([.. gathered.Missing.Select(missing => (JsonNode)new JsonObject
        {
            ["kind"] = $"{missing.Request.Kind}",
            ["reason"] = missing.Refusal.Reason.ToString(),
            ["message"] = missing.Refusal.Message,
        })]),
    };

    private static void Print(CommandContext context, GatheredCollateral gathered)
    {
        foreach (CollateralItem item in gathered.Items)
        {
            context.Output.WriteLine(OneLine.Of($"{item.Kind,-11} {item.Data.Length} bytes from {item.Source}"));
        }

        foreach ((CollateralRequest request, Refusal refusal) in gathered.Missing)
        {
            context.Output.WriteLine(OneLine.Of($"{request.Kind,-11} missing: {refusal}"));
        }
    }
}
