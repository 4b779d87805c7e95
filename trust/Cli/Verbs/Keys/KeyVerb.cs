using System.CommandLine;
using ConfidentialOperator.Cli.Running;

namespace ConfidentialOperator.Cli.Verbs.Keys;

/// <summary><c>cfm key</c>: resources at the key broker.</summary>
internal static class KeyVerb
{
    public static Command Create(CommandContext context) => new("key", "Store and delete resources (model keys, signed caller lists) at the key broker.")
    {
        KeyUploadVerb.Create(context),
        KeyDeleteVerb.Create(context),
    };
}
