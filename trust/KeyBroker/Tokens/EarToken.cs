using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Ear;
using ConfidentialOperator.KeyBroker.Sessions;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Tokens;

/// <summary>
/// Attestation results as an EAR token (draft-ietf-rats-ear) in the form that Trustee issues, signed with ES256. As a bearer token it
/// leads back to its session and is worth nothing after it: the broker decides from evidence, never from claims.
/// </summary>
internal sealed class EarToken(TokenKey key, TimeProvider time, IOptions<KeyBrokerOptions> options)
{
    /// <summary>Issues a token.</summary>
    /// <param name="session">The session that the token belongs to.</param>
    /// <param name="claims">What the evidence is worth (<see cref="EarClaims"/>).</param>
    /// <param name="nonce">The challenge in base64, as it was sent.</param>
    /// <param name="teeKeyJson">The guest's public key as a JWK.</param>
    public string Issue(Session session, JsonObject claims, string nonce, string teeKeyJson)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset expires = now + options.Value.TokenLifetime < session.ExpiresAt ? now + options.Value.TokenLifetime : session.ExpiresAt;
        claims["iss"] = options.Value.Issuer;
        claims["iat"] = now.ToUnixTimeSeconds();
        claims["exp"] = expires.ToUnixTimeSeconds();
        claims["jti"] = Convert.ToHexStringLower(session.IdSha256);
        claims["ear.verifier-id"]!["build"] = "ConfidentialOperator.KeyBroker " + typeof(EarToken).Assembly.GetName().Version?.ToString(3);
        claims["submods"]![EarClaims.Cpu]![EarClaims.AnnotatedEvidence]!["runtime_data_claims"] = new JsonObject { ["nonce"] = nonce, ["tee-pubkey"] = JsonNode.Parse(teeKeyJson) };
        string signed = $"{Part(WriteHeader)}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>Reads a token of this broker that has not expired, and the session that it belongs to.</summary>
    public bool TryRead(string text, [NotNullWhen(true)] out byte[]? sessionIdSha256)
    {
        sessionIdSha256 = null;
        if (!Jwt.TryParse(text, out Jwt? token) || token.HeaderText("alg") != "ES256" || token.HeaderText("kid") != key.KeyId
            || !key.Verify(token.SignedPart, token.Signature))
        {
            return false;
        }

        string id = token.Text("jti") ?? "";
        if (token.Text("iss") != options.Value.Issuer || !(token.Seconds("exp") > time.GetUtcNow().ToUnixTimeSeconds()) || id.Length != 64)
        {
            return false;
        }

        sessionIdSha256 = Convert.FromHexString(id);
        return true;
    }

    private void WriteHeader(Utf8JsonWriter writer)
    {
        writer.WriteString("alg", "ES256");
        writer.WriteString("typ", "JWT");
        writer.WriteString("kid", key.KeyId);
        writer.WriteStartObject("jwk");
        writer.WriteString("kty", "EC");
        writer.WriteString("crv", "P-256");
        writer.WriteString("alg", "ES256");
        writer.WriteString("kid", key.KeyId);
        writer.WriteString("x", key.X);
        writer.WriteString("y", key.Y);
        writer.WriteEndObject();
    }

    private static string Part(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }
}
