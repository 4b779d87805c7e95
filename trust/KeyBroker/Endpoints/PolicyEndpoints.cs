using ConfidentialOperator.KeyBroker.Policies;
using ConfidentialOperator.Protocol;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Endpoints;

/// <summary>
/// <c>PUT</c> and <c>GET /v1/tenants/{tenant}/policies/{model}</c>: no login, since the owner's signature decides and a policy is no secret.
/// </summary>
internal sealed class PolicyEndpoints(PolicyBook book, PolicyStore store, IOptions<KeyBrokerOptions> options)
{
    private const string Path = "/v1/tenants/{tenant}/policies/{model}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut(Path, (HttpContext context, string tenant, string model, PolicyEndpoints endpoints) => endpoints.PutAsync(context, tenant, model))
            .RequireRateLimiting(RateLimits.Changes);
        routes.MapGet(Path, (string tenant, string model, PolicyEndpoints endpoints) => endpoints.Get(tenant, model)).RequireRateLimiting(RateLimits.Reads);
    }

    private async Task<IResult> PutAsync(HttpContext context, string tenant, string model)
    {
        int limit = options.Value.Limits.MessageBytes;
        byte[]? envelope = await LimitedBody.ReadAsync(context.Request, limit, context.RequestAborted).ConfigureAwait(false);
        if (envelope is null)
        {
            return Problems.Own(LimitedBody.TooLarge(limit));
        }

        Refusal? refusal = await book.AcceptAsync(tenant, model, envelope, context.RequestAborted).ConfigureAwait(false);
        return refusal is null ? Results.NoContent() : Problems.Own(refusal);
    }

    private IResult Get(string tenant, string model) => store.Find(tenant, model) is StoredPolicy policy
        ? Results.Bytes(policy.Envelope, "application/json")
        : Problems.Own(new(RefusalReason.PolicyNotFound, $"No policy is in force for model '{model}' of tenant '{tenant}'."));
}
