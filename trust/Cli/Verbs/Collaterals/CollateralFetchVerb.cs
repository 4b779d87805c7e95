using System.CommandLine;
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
        var bundle = new Option<string>("--bundle", "-o")
        {
            Description = "Where the bundle is written: a file, or a folder when it exists or the name ends in a separator. What is in it already stays.",
            Required = true,
            HelpName = "BUNDLE",
        };
        var command = new Command("fetch", "Ask the vendors' services for what evidence needs, and write it into a bundle.") { bundle };
        wanted.AddTo(command);
        services.AddTo(command);
        context.Attach(command, async (parse, token) =>
        {
            IReadOnlyList<CollateralRequest> requests = wanted.Requests(parse);
            using var http = new HttpClient(CollateralFetcher.CreateHandler());
            using CollateralFetcher fetcher = services.Open(parse, http);
            GatheredCollateral gathered = await GatheredCollateral.FromAsync([fetcher], requests, token).ConfigureAwait(false);
            Write(parse.GetRequiredValue(bundle), gathered.Items);
            return Report(context, requests, gathered);
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

    private static int Report(CommandContext context, IReadOnlyList<CollateralRequest> requests, GatheredCollateral gathered)
    {
        foreach (CollateralItem item in gathered.Items)
        {
            context.Output.WriteLine(OneLine.Of($"{item.Kind,-11} {item.Data.Length} bytes from {item.Source}"));
        }

        if (gathered.Missing.Count == 0)
        {
            return ExitCode.Accepted;
        }

        foreach ((CollateralRequest request, Refusal refusal) in gathered.Missing)
        {
            context.Output.WriteLine(OneLine.Of($"{request.Kind,-11} missing: {refusal}"));
        }

        return context.Fail(new(gathered.Missing[0].Refusal.Reason, $"{gathered.Missing.Count} of {requests.Count} requests gave nothing; the first: {gathered.Missing[0].Refusal.Message}"));
    }
}
