using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Running;

/// <summary>What the process returns: 0 accepted, 10 rejected, 20 unsupported, 30 malformed, 1 could not be found out.</summary>
internal static class ExitCode
{
    public const int Accepted = 0;
    public const int Internal = 1;
    public const int Rejected = 10;
    public const int Unsupported = 20;
    public const int Malformed = 30;

    /// <summary>Returns the code of a refusal. What neither judges nor reads wrong, such as an endpoint that is down, is 1: nothing was found out.</summary>
    public static int Of(RefusalReason reason) => reason switch
    {
        RefusalReason.Unsupported or RefusalReason.ModelSourceUnsupported or RefusalReason.ProtocolVersionNotSupported => Unsupported,
        RefusalReason.Malformed or RefusalReason.TooLarge or RefusalReason.DuplicateMember or RefusalReason.UnknownMember
            or RefusalReason.MissingMember or RefusalReason.SpecInvalid or RefusalReason.PolicyInvalid or RefusalReason.ReportMalformed
            or RefusalReason.RequestInvalid => Malformed,
        RefusalReason.None or RefusalReason.InternalError or RefusalReason.EndpointUnavailable or RefusalReason.KeyBrokerUnavailable
            or RefusalReason.EvidenceUnavailable or RefusalReason.CollateralUnavailable or RefusalReason.ModelNotReady or RefusalReason.RateLimited or RefusalReason.Overloaded => Internal,
        _ => Rejected,
    };
}
