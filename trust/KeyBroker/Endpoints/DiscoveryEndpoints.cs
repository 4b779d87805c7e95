using ConfidentialOperator.KeyBroker.Audit;
using ConfidentialOperator.KeyBroker.Tokens;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Endpoints;

/// <summary>The public keys that others need to check what the broker signed (RFC 7517, OpenID Connect Discovery 1.0).</summary>
internal static class DiscoveryEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/.well-known/jwks.json", (TokenKey key) => Results.Json(new
        {
            keys = new[] { new { kty = "EC", crv = "P-256", alg = "ES256", use = "sig", kid = key.KeyId, x = key.X, y = key.Y } },
        }));
        routes.MapGet("/.well-known/openid-configuration", (IOptions<KeyBrokerOptions> options) => Results.Json(new
        {
            issuer = options.Value.Issuer,
            jwks_uri = options.Value.Issuer + "/.well-known/jwks.json",
            id_token_signing_alg_values_supported = new[] { "ES256" },
            response_types_supported = new[] { "none" },
            subject_types_supported = new[] { "public" },
        }));
        routes.MapGet("/v1/audit-key", (AuditLog audit) => Results.Text(audit.PublicKeyPem, "application/x-pem-file"));
    }
}
