using ConfidentialOperator.KeyBroker.Tokens;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Access;
using ConfidentialOperator.Protocol.Signing;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Access;

/// <summary>
/// An owner's bearer token: a JWT that an owner of the tenant signed for this broker and a short time. The key decides the algorithm;
/// what the header says must agree with it.
/// </summary>
internal sealed class OwnerToken(OwnerDirectory owners, TimeProvider time, IOptions<KeyBrokerOptions> options)
{
    private const string Scheme = "Bearer ";

    /// <summary>Returns the key id of the owner who signed the request's token for this tenant, or why there is none.</summary>
    public bool TryAuthorize(HttpRequest request, string tenant, out string keyId, out Refusal? refusal)
    {
        keyId = "";
        refusal = Check(request.Headers.Authorization.ToString(), tenant, ref keyId);
        return refusal is null;
    }

    private Refusal? Check(string header, string tenant, ref string keyId)
    {
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return Denied("This needs an owner's token in the Authorization header.");
        }

        if (!Jwt.TryParse(header[Scheme.Length..].Trim(), out Jwt? token))
        {
            return Denied("The token is not a JWT of three parts.");
        }

        OwnerPublicKey? owner = owners.Owners(tenant).FirstOrDefault(key => key.KeyId == token.HeaderText("kid"));
        if (owner is null)
        {
            return Denied($"The token's kid names no owner of tenant '{tenant}'.");
        }

        if (token.HeaderText("alg") != owner.JoseAlgorithm || !owner.VerifyJose(token.SignedPart, token.Signature))
        {
            return Denied("The token's signature does not verify under the owner's key.");
        }

        keyId = owner.KeyId;
        return CheckClaims(token, tenant);
    }

    private Refusal? CheckClaims(Jwt token, string tenant)
    {
        if (!token.Has("aud", OwnerTokenText.Audience))
        {
            return Denied($"The token's aud is not '{OwnerTokenText.Audience}'.");
        }

        if (token.Text("role") != OwnerTokenText.Role || token.Text("tenant") != tenant)
        {
            return Denied($"The token is not for role '{OwnerTokenText.Role}' of tenant '{tenant}'.");
        }

        long now = time.GetUtcNow().ToUnixTimeSeconds();
        long? expires = token.Seconds("exp");
        if (expires is null || expires <= now)
        {
            return Denied("The token has no exp, or has expired.");
        }

        if (expires > now + (long)options.Value.OwnerTokenLifetime.TotalSeconds)
        {
            return Denied($"The token's exp is more than {options.Value.OwnerTokenLifetime} from now.");
        }

        return token.Seconds("nbf") is long start && start > now + 60 ? Denied("The token is not valid yet.") : null;
    }

    private static Refusal Denied(string message) => new(RefusalReason.NotAuthorized, message);
}
