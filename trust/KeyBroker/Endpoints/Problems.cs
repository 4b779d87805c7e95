using ConfidentialOperator.Protocol;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Endpoints;

/// <summary>
/// Refusals as problem documents (RFC 9457). Below <c>/kbs</c> the type is the one that Confidential Containers guests parse; both forms carry
/// the reason.
/// </summary>
internal sealed class Problems(IOptions<KeyBrokerOptions> options)
{
    private const string OwnTypes = "https://confidential-operator.dev/problems/";
    private const string KbsTypes = "https://github.com/confidential-containers/kbs/errors/";

    /// <summary>Answers a guest.</summary>
    public IResult Kbs(Refusal refusal)
    {
        string variant = Variant(refusal.Reason);
        int status = Status(refusal.Reason);
        bool parity = options.Value.TrusteeStatusCodes
            && status is StatusCodes.Status400BadRequest or StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound;
        return Document(KbsTypes + variant, parity ? StatusCodes.Status401Unauthorized : status, refusal);
    }

    /// <summary>Answers a path that cannot name a resource: 404 in Trustee too.</summary>
    public static IResult InvalidPath() => Document(KbsTypes + "InvalidRequestPath", StatusCodes.Status404NotFound,
        new Refusal(RefusalReason.ResourceNotFound, "A resource path has three segments of letters, digits, '_', '-' and '.'."));

    /// <summary>Answers an owner or an arranger.</summary>
    public static IResult Own(Refusal refusal) => Document(OwnTypes + refusal.Reason, Status(refusal.Reason), refusal);

    public static int Status(RefusalReason reason) => reason switch
    {
        RefusalReason.Malformed or RefusalReason.DuplicateMember or RefusalReason.UnknownMember or RefusalReason.MissingMember
            or RefusalReason.Unsupported or RefusalReason.ProtocolVersionNotSupported or RefusalReason.TeeKeyNotSupported
            or RefusalReason.ReportMalformed => StatusCodes.Status400BadRequest,
        RefusalReason.SessionExpired or RefusalReason.NonceMismatch or RefusalReason.NotAuthorized => StatusCodes.Status401Unauthorized,
        RefusalReason.ResourceNotFound or RefusalReason.PolicyNotFound => StatusCodes.Status404NotFound,
        RefusalReason.PolicyRolledBack => StatusCodes.Status409Conflict,
        RefusalReason.TooLarge => StatusCodes.Status413PayloadTooLarge,
        RefusalReason.PolicyInvalid => StatusCodes.Status422UnprocessableEntity,
        RefusalReason.RateLimited => StatusCodes.Status429TooManyRequests,
        RefusalReason.InternalError => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status403Forbidden,
    };

    private static IResult Document(string type, int status, Refusal refusal) => Results.Json(
        new { type, title = refusal.Reason.ToString(), status, detail = refusal.Message, reason = refusal.Reason.ToString() },
        contentType: "application/problem+json", statusCode: status);

    private static string Variant(RefusalReason reason) => reason switch
    {
        RefusalReason.SessionExpired => "TokenNotFound",
        RefusalReason.NotAuthorized => "AdminAuthAccess",
        RefusalReason.ResourceNotFound => "PluginInternalError",
        RefusalReason.TeeKeyNotSupported => "JweError",
        RefusalReason.Malformed or RefusalReason.DuplicateMember or RefusalReason.UnknownMember or RefusalReason.MissingMember
            or RefusalReason.TooLarge => "SerdeError",
        >= RefusalReason.PolicyNotFound and <= RefusalReason.GuestPolicyNotAccepted or RefusalReason.ResourceNotOfModel
            or RefusalReason.ApprovalsMissing => "PolicyDeny",
        RefusalReason.InternalError => "PluginInternalError",
        _ => "AttestationError",
    };
}
