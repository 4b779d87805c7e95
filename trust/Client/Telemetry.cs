using System.Diagnostics.Metrics;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Client;

/// <summary>Every instrument of the client. The one tag is a name of <see cref="RefusalReason"/>; <c>None</c> is success.</summary>
internal static class Telemetry
{
    private const string Reason = "reason";
    private static readonly Meter s_meter = new("ConfidentialOperator.Client");
    private static readonly Counter<long> s_verifications = s_meter.CreateCounter<long>("confidential_client_verifications_total");
    private static readonly Counter<long> s_requests = s_meter.CreateCounter<long>("confidential_client_requests_total");
    private static readonly Counter<long> s_retries = s_meter.CreateCounter<long>("confidential_client_retries_total");

    public static SendResult Count(SendResult result)
    {
        s_requests.Add(1, new KeyValuePair<string, object?>(Reason, (result.Refusal?.Reason ?? RefusalReason.None).ToString()));
        return result;
    }

    public static Verification Count(Verification verification)
    {
        s_verifications.Add(1, new KeyValuePair<string, object?>(Reason, (verification.Refusal?.Reason ?? RefusalReason.None).ToString()));
        return verification;
    }

    public static void CountRetry() => s_retries.Add(1);
}
