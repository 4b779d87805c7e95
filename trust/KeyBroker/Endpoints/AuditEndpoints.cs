using System.Text;
using ConfidentialOperator.KeyBroker.Access;
using ConfidentialOperator.KeyBroker.Audit;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Audit;

namespace ConfidentialOperator.KeyBroker.Endpoints;

/// <summary>
/// <c>GET /v1/tenants/{tenant}/audit</c>: the tenant's chain as JSON lines, for an owner. The export is itself recorded, as its last line.
/// </summary>
internal sealed class AuditEndpoints(OwnerToken tokens, AuditLog audit, ILogger<AuditEndpoints> logger)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/tenants/{tenant}/audit", (HttpContext context, string tenant, AuditEndpoints endpoints) => endpoints.ExportAsync(context, tenant))
        .RequireRateLimiting(RateLimits.Changes);

    private async Task<IResult> ExportAsync(HttpContext context, string tenant)
    {
        if (!tokens.TryAuthorize(context.Request, tenant, out string keyId, out Refusal? refusal))
        {
            logger.ChangeRefused(refusal!.Reason);
            return Problems.Own(refusal);
        }

        AuditHead head = await audit.AppendAsync(
            new AuditEntry(tenant, AuditEvent.AuditExported) { Subject = keyId }, context.RequestAborted).ConfigureAwait(false);
        context.Response.Headers["Confidential-Audit-Head"] = $"{head.Sequence} {head.Sha256}";
        return Results.Stream(async body =>
        {
            await using var writer = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
            foreach (string line in audit.Export(tenant, after: 0))
            {
                await writer.WriteAsync((line + "\n").AsMemory(), context.RequestAborted).ConfigureAwait(false);
            }
        }, "application/jsonl");
    }
}
