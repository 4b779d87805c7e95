using ConfidentialOperator.KeyBroker.Access;
using ConfidentialOperator.KeyBroker.Audit;
using ConfidentialOperator.KeyBroker.Keys;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Audit;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Secrets;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Endpoints;

/// <summary><c>POST</c> and <c>DELETE /kbs/v0/resource/{tenant}/{type}/{tag}</c>: an owner of the tenant stores and deletes resources.</summary>
internal sealed class ResourceChangeEndpoints(
    OwnerToken tokens, OwnerDirectory owners, IKeyStore keys, AuditLog audit, Problems problems,
    IOptions<KeyBrokerOptions> options, ILogger<ResourceChangeEndpoints> logger)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(GuestEndpoints.ResourcePath, (HttpContext context, string tenant, string type, string tag, ResourceChangeEndpoints endpoints) =>
            endpoints.StoreAsync(context, tenant, type, tag)).RequireRateLimiting(RateLimits.Changes);
        routes.MapDelete(GuestEndpoints.ResourcePath, (HttpContext context, string tenant, string type, string tag, ResourceChangeEndpoints endpoints) =>
            endpoints.DeleteAsync(context, tenant, type, tag)).RequireRateLimiting(RateLimits.Changes);
    }

    private async Task<IResult> StoreAsync(HttpContext context, string tenant, string type, string tag)
    {
        if (!GuestEndpoints.TryResource(tenant, type, tag, out KbsResourceUri? resource))
        {
            return Problems.InvalidPath();
        }

        (string keyId, IResult? denied) = await AuthorizeAsync(context, resource).ConfigureAwait(false);
        if (denied is not null)
        {
            return denied;
        }

        int limit = options.Value.Limits.ResourceBytes;
        using SecretKey? value = await LimitedBody.ReadSecretAsync(context.Request, limit, context.RequestAborted).ConfigureAwait(false);
        if (value is null || value.Span.IsEmpty)
        {
            return problems.Kbs(value is null ? LimitedBody.TooLarge(limit) : new(RefusalReason.Malformed, "A resource is not empty."));
        }

        var entry = new AuditEntry(tenant, AuditEvent.ResourceStored) { Resource = resource.ToString(), Subject = keyId };
        await keys.StoreAsync(resource, value, entry, context.RequestAborted).ConfigureAwait(false);
        logger.ResourceStored(keyId, resource.ToString());
        return Results.Ok();
    }

    private async Task<IResult> DeleteAsync(HttpContext context, string tenant, string type, string tag)
    {
        if (!GuestEndpoints.TryResource(tenant, type, tag, out KbsResourceUri? resource))
        {
            return Problems.InvalidPath();
        }

        (string keyId, IResult? denied) = await AuthorizeAsync(context, resource).ConfigureAwait(false);
        if (denied is not null)
        {
            return denied;
        }

        var entry = new AuditEntry(tenant, AuditEvent.ResourceDeleted) { Resource = resource.ToString(), Subject = keyId };
        if (!await keys.DeleteAsync(resource, entry, context.RequestAborted).ConfigureAwait(false))
        {
            return problems.Kbs(new(RefusalReason.ResourceNotFound, $"There is no resource {resource}."));
        }

        logger.ResourceDeleted(keyId, resource.ToString());
        return Results.Ok();
    }

    private async Task<(string KeyId, IResult? Denied)> AuthorizeAsync(HttpContext context, KbsResourceUri resource)
    {
        string tenant = resource.Repository;
        if (tokens.TryAuthorize(context.Request, tenant, out string keyId, out Refusal? refusal))
        {
            return (keyId, null);
        }

        logger.ChangeRefused(refusal!.Reason);
        if (owners.Exists(tenant))
        {
            await audit.AppendRefusalOfStrangerAsync(new AuditEntry(tenant, AuditEvent.ChangeRefused)
            {
                Resource = resource.ToString(),
                Subject = keyId,
                Reason = refusal.Reason,
                Message = refusal.Message,
            }).ConfigureAwait(false);
        }

        return ("", problems.Kbs(refusal));
    }
}
