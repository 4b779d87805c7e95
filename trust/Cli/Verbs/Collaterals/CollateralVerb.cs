using System.CommandLine;
using ConfidentialOperator.Cli.Running;

namespace ConfidentialOperator.Cli.Verbs.Collaterals;

/// <summary><c>cfm collateral</c>: bundles of what vendors publish, for those who verify without a way out.</summary>
internal static class CollateralVerb
{
    public static Command Create(CommandContext context) => new("collateral", "Fetch, show and check bundles of certificates, lists and reference values.")
    {
        CollateralFetchVerb.Create(context),
        CollateralShowVerb.Create(context),
        CollateralCheckVerb.Create(context),
    };
}
