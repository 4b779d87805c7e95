using System.CommandLine;
using ConfidentialOperator.Cli.Running;

namespace ConfidentialOperator.Cli.Verbs.Callers;

/// <summary><c>cfm callers</c>: the list of those who may use a tenant's models.</summary>
internal static class CallersVerb
{
    public static Command Create(CommandContext context) => new("callers", "Keep the list of callers: a JSON file that the owner signs and stores at the key broker.")
    {
        CallersKeygenVerb.Create(context),
        CallersAddVerb.Create(context),
        CallersRemoveVerb.Create(context),
        CallersListVerb.Create(context),
        CallersSignVerb.Create(context),
    };
}
