using System.CommandLine;
using ConfidentialOperator.Cli.Running;

namespace ConfidentialOperator.Cli.Verbs.Audit;

/// <summary><c>cfm audit</c>: who got which key.</summary>
internal static class AuditVerb
{
    public static Command Create(CommandContext context) => new("audit", "Fetch a tenant's audit log from the key broker and verify its chain offline.")
    {
        AuditFetchVerb.Create(context),
        AuditVerifyVerb.Create(context),
    };
}
