using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.KeyBroker.Release;
using ConfidentialOperator.KeyBroker.Sessions;
using ConfidentialOperator.KeyBroker.Tokens;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Kbs;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Endpoints;

/// <summary>The handshake of the Key Broker Service, versions 0.4.0 and 0.2.0: challenge, evidence, resource.</summary>
internal sealed class GuestEndpoints(
    GuestChallenge challenge, GuestAttestation attestation, KeyRelease release, SessionStore sessions, EarToken ear,
    Problems problems, IOptions<KeyBrokerOptions> options, ILogger<GuestEndpoints> logger)
{
    public const string ResourcePath = "/kbs/v0/resource/{tenant}/{type}/{tag}";
    public const string Cookie = "kbs-session-id";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/kbs/v0/auth", (HttpContext context, GuestEndpoints endpoints) => endpoints.AuthAsync(context))
            .RequireRateLimiting(RateLimits.Handshake);
        routes.MapPost("/kbs/v0/attest", (HttpContext context, GuestEndpoints endpoints) => endpoints.AttestAsync(context))
            .RequireRateLimiting(RateLimits.Handshake);
        routes.MapGet(ResourcePath, (HttpContext context, string tenant, string type, string tag, GuestEndpoints endpoints) =>
            endpoints.ResourceAsync(context, tenant, type, tag)).RequireRateLimiting(RateLimits.Handshake);
        routes.Map("/kbs/{**rest}", Problems.InvalidPath);
    }

    public static bool TryResource(string tenant, string type, string tag, [NotNullWhen(true)] out KbsResourceUri? resource) =>
        KbsResourceUri.TryFromPath($"{tenant}/{type}/{tag}", out resource);

    private async Task<IResult> AuthAsync(HttpContext context)
    {
        int limit = options.Value.Limits.MessageBytes;
        byte[]? body = await LimitedBody.ReadAsync(context.Request, limit, context.RequestAborted).ConfigureAwait(false);
        if (body is null)
        {
            return Refuse(context, LimitedBody.TooLarge(limit));
        }

        ChallengeOutcome outcome = await challenge.OpenAsync(body, context.RequestAborted).ConfigureAwait(false);
        if (outcome.Session is null)
        {
            return outcome.Refusal!.Reason == RefusalReason.RateLimited
                ? RateLimits.TooMany(context, TimeSpan.FromSeconds(30))
                : Refuse(context, outcome.Refusal);
        }

        SetCookie(context, outcome.Cookie, outcome.Session);
        return Results.Bytes(outcome.Challenge, "application/json");
    }

    private async Task<IResult> AttestAsync(HttpContext context)
    {
        string cookie = context.Request.Cookies[Cookie] ?? "";
        Session? session = cookie.Length == 0 ? null : sessions.Find(cookie);
        if (session is null)
        {
            return Refuse(context, NoSession());
        }

        int limit = options.Value.Limits.AttestationBytes;
        byte[]? body = await LimitedBody.ReadAsync(context.Request, limit, context.RequestAborted).ConfigureAwait(false);
        if (body is null)
        {
            return Refuse(context, LimitedBody.TooLarge(limit));
        }

        AttestationOutcome outcome = await attestation.AcceptAsync(session, body, context.RequestAborted).ConfigureAwait(false);
        if (outcome.Refusal is not null)
        {
            return Refuse(context, outcome.Refusal);
        }

        SetCookie(context, cookie, session);
        return Results.Json(new { token = outcome.Token });
    }

    private async Task<IResult> ResourceAsync(HttpContext context, string tenant, string type, string tag)
    {
        if (context.Request.QueryString.HasValue || !TryResource(tenant, type, tag, out KbsResourceUri? resource))
        {
            return Problems.InvalidPath();
        }

        Session? session = FindSession(context.Request);
        if (session is not { State: SessionState.Attested })
        {
            return Refuse(context, NoSession());
        }

        ReleaseOutcome outcome = await release.ReleaseAsync(session, resource, context.RequestAborted).ConfigureAwait(false);
        if (outcome.Refusal is not null)
        {
            return Refuse(context, outcome.Refusal);
        }

        context.Response.Headers["Confidential-Policy"] = outcome.PolicySha256;
        return Results.Bytes(outcome.Jwe, "application/json");
    }

    /// <summary>The cookie first and then the bearer token, as Trustee does. A token opens only the session that it was made for.</summary>
    private Session? FindSession(HttpRequest request)
    {
        string cookie = request.Cookies[Cookie] ?? "";
        if (cookie.Length > 0 && sessions.Find(cookie) is { State: SessionState.Attested } session)
        {
            return session;
        }

        string header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && ear.TryRead(header[7..].Trim(), out byte[]? idSha256)
            ? sessions.Find(idSha256) : null;
    }

    // Scoped to the protocol, never sent in the clear; otherwise as Trustee sets it, without a Max-Age that old guests may not know.
    private static void SetCookie(HttpContext context, string cookie, Session session) => context.Response.Cookies.Append(Cookie, cookie,
        new CookieOptions { Expires = session.ExpiresAt, Path = "/kbs/v0", HttpOnly = true, Secure = true });

    private IResult Refuse(HttpContext context, Refusal refusal)
    {
        logger.GuestRefused(refusal.Reason, context.TraceIdentifier);
        return problems.Kbs(refusal);
    }

    private static Refusal NoSession() => new(RefusalReason.SessionExpired, "The session is not known, not attested or has expired; begin again with /auth.");
}
