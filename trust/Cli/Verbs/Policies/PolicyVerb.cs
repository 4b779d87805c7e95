using System.CommandLine;
using ConfidentialOperator.Cli.Running;

namespace ConfidentialOperator.Cli.Verbs.Policies;

/// <summary><c>cfm policy</c>: the owner's word about which guests may have a model.</summary>
internal static class PolicyVerb
{
    public static Command Create(CommandContext context) => new("policy", "Make, sign, show, compare and publish trust policies.")
    {
        PolicyCreateVerb.Create(context),
        PolicySignVerb.Create(context),
        PolicyShowVerb.Create(context),
        PolicyDiffVerb.Create(context),
        PolicyPushVerb.Create(context),
    };
}
