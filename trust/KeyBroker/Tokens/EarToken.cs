using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using ConfidentialOperator.KeyBroker.Release;
using ConfidentialOperator.KeyBroker.Sessions;
using ConfidentialOperator.Protocol.Evidence;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Tokens;

/// <summary>
/// Attestation results as an EAR token (draft-ietf-rats-ear) in the form that Trustee issues, signed with ES256. As a bearer token it
/// leads back to its session and is worth nothing after it: the broker decides from evidence, never from claims.
/// </summary>
internal sealed class EarToken(TokenKey key, TimeProvider time, IOptions<KeyBrokerOptions> options)
{
    private const string Profile = "tag:github.com,2024:confidential-containers/Trustee";

    // AR4SI trustworthiness claims: 2 is affirming, 33 and 36 are warnings, 97 and 99 are contraindicated.
    private static readonly (string Claim, int Affirming, int Refused)[] s_vector =
    [
        ("configuration", 2, 36), ("executables", 3, 33), ("hardware", 2, 97), ("instance-identity", 2, 97),
    ];

    /// <summary>Issues a token.</summary>
    /// <param name="session">The session that the token belongs to.</param>
    /// <param name="facts">What the evidence says.</param>
    /// <param name="affirmed">Whether the policy of the model that the guest names accepts the evidence.</param>
    /// <param name="nonce">The challenge in base64, as it was sent.</param>
    /// <param name="teeKeyJson">The guest's public key as a JWK.</param>
    public string Issue(Session session, GuestFacts facts, bool affirmed, string nonce, string teeKeyJson)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset expires = now + options.Value.TokenLifetime < session.ExpiresAt ? now + options.Value.TokenLifetime : session.ExpiresAt;
        string header = Part(WriteHeader);
        string claims = Part(writer =>
        {
            writer.WriteString("eat_profile", Profile);
            writer.WriteString("iss", options.Value.Issuer);
            writer.WriteNumber("iat", now.ToUnixTimeSeconds());
            writer.WriteNumber("exp", expires.ToUnixTimeSeconds());
            writer.WriteString("jti", Convert.ToHexStringLower(session.IdSha256));
            writer.WriteStartObject("ear.verifier-id");
            writer.WriteString("developer", "confidential-operator.dev");
            writer.WriteString("build", "ConfidentialOperator.KeyBroker " + typeof(EarToken).Assembly.GetName().Version?.ToString(3));
            writer.WriteEndObject();
            writer.WriteStartObject("submods");
            WriteCpu(writer, session, facts, affirmed, nonce, teeKeyJson);
            writer.WriteEndObject();
        });
        string signed = $"{header}.{claims}";
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

    private static void WriteCpu(
        Utf8JsonWriter writer, Session session, GuestFacts facts, bool affirmed, string nonce, string teeKeyJson)
    {
        writer.WriteStartObject("cpu0");
        // Test hardware is never affirmed to those who read no further than the status.
        writer.WriteString("ear.status", !affirmed ? "contraindicated" : facts.Development ? "warning" : "affirming");
        writer.WriteStartObject("ear.trustworthiness-vector");
        foreach ((string claim, int affirming, int refused) in s_vector)
        {
            writer.WriteNumber(claim, !affirmed ? refused : facts.Development && claim == "hardware" ? 32 : affirming);
        }

        writer.WriteEndObject();
        writer.WriteString("ear.appraisal-policy-id", session.Label.Model.Length > 0 ? $"{session.Label.Tenant}/{session.Label.Model}" : "default");
        writer.WriteStartObject("ear.veraison.annotated-evidence");
        writer.WritePropertyName(session.Tee.ToWire());
        facts.Claims.WriteTo(writer);
        writer.WriteString("init_data", facts.InitDataSha256);
        writer.WriteBoolean("development", facts.Development);
        writer.WriteStartObject("runtime_data_claims");
        writer.WriteString("nonce", nonce);
        writer.WritePropertyName("tee-pubkey");
        writer.WriteRawValue(teeKeyJson);
        writer.WriteEndObject();
        writer.WriteEndObject();
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
