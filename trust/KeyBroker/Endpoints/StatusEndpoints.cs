using ConfidentialOperator.KeyBroker.Access;
using ConfidentialOperator.KeyBroker.Audit;
using ConfidentialOperator.KeyBroker.Policies;
using ConfidentialOperator.KeyBroker.Sessions;
using ConfidentialOperator.KeyBroker.Status;
using ConfidentialOperator.KeyBroker.Storage;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Audit;
using ConfidentialOperator.Protocol.Contracts;

namespace ConfidentialOperator.KeyBroker.Endpoints;

/// <summary>What those who arrange pods may ask: the status of a model, and to forget replicas and sessions that are gone.</summary>
internal sealed class StatusEndpoints(
    ArrangerToken arranger, PolicyBook book, ReplicaStore replicas, BrokerDatabase database, AuditLog audit, OwnerDirectory owners,
    ILogger<StatusEndpoints> logger)
{
    private const string Model = "/v1/tenants/{tenant}/models/{model}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Model + "/status", (HttpContext context, string tenant, string model, StatusEndpoints endpoints) =>
            endpoints.Status(context, tenant, model)).RequireRateLimiting(RateLimits.Reads);
        routes.MapDelete(Model + "/replicas/{**replica}", (HttpContext context, string tenant, string model, string replica, StatusEndpoints endpoints) =>
            endpoints.ForgetAsync(context, tenant, model, replica)).RequireRateLimiting(RateLimits.Changes);
        routes.MapDelete(Model + "/sessions", (HttpContext context, string tenant, string model, StatusEndpoints endpoints) =>
            endpoints.RevokeAsync(context, tenant, model)).RequireRateLimiting(RateLimits.Changes);
    }

    private IResult Status(HttpContext context, string tenant, string model)
    {
        if (Denied(context) is IResult denied)
        {
            return denied;
        }

        return book.TryDescribe(tenant, model, out BrokerStatement? statement, out Refusal? refusal)
            ? Results.Bytes(Contract.Write(statement with { Attestations = replicas.Read(tenant, model) }), "application/json")
            : Problems.Own(refusal!);
    }

    /// <summary>Forgets one replica; asking again is no fault, so that a finalizer may be retried.</summary>
    private async Task<IResult> ForgetAsync(HttpContext context, string tenant, string model, string replica)
    {
        if (Denied(context) is IResult denied)
        {
            return denied;
        }

        replica = Uri.UnescapeDataString(replica);
        int forgotten = await database.WriteAsync(Durability.Disk, connection =>
        {
            int count = ReplicaStore.Forget(connection, tenant, model, replica);
            if (count > 0)
            {
                audit.Append(connection, new AuditEntry(tenant, AuditEvent.ReplicaForgotten) { Model = model, Replica = replica });
            }

            return count;
        }, context.RequestAborted).ConfigureAwait(false);
        if (forgotten > 0)
        {
            logger.ReplicaForgotten(replica, tenant, model);
        }

        return Results.NoContent();
    }

    private async Task<IResult> RevokeAsync(HttpContext context, string tenant, string model)
    {
        if (Denied(context) is IResult denied)
        {
            return denied;
        }

        if (!owners.Exists(tenant))
        {
            return Results.NoContent();
        }

        int revoked = await database.WriteAsync(Durability.Disk, connection =>
        {
            int count = SessionStore.Revoke(connection, tenant, model);
            if (count + ReplicaStore.ForgetAll(connection, tenant, model) > 0)
            {
                audit.Append(connection, new AuditEntry(tenant, AuditEvent.SessionsRevoked) { Model = model, Message = $"{count} sessions were revoked." });
            }

            return count;
        }, context.RequestAborted).ConfigureAwait(false);
        logger.SessionsRevoked(revoked, tenant, model);
        return Results.NoContent();
    }

    private IResult? Denied(HttpContext context) => arranger.Allows(context.Request)
        ? null : Problems.Own(new(RefusalReason.NotAuthorized, "This needs the arranger's token in the Authorization header."));
}
