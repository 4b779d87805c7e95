using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ConfidentialOperator.KeyBroker.Release;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.KeyBroker.Tests.Running;

/// <summary>Stands at the seam to the verification of evidence: evidence is JSON that says what it is.</summary>
internal sealed class TestAppraiser : IGuestAppraiser
{
    public bool TryAuthenticate(GuestAnswer answer, [NotNullWhen(true)] out IAuthenticGuest? guest, [NotNullWhen(false)] out Refusal? refusal)
    {
        TestEvidence evidence = JsonSerializer.Deserialize<TestEvidence>(answer.Evidence.Span)!;
        refusal = !evidence.Signed ? new(RefusalReason.SignatureInvalid, "The signature does not verify.")
            : !answer.ReportData.Equals(evidence.ReportData) ? new(RefusalReason.ReportDataMismatch, "The report data is another.")
            : answer.InitDataSha256.Length > 0 && answer.InitDataSha256 != evidence.HostData ? new(RefusalReason.InitDataNotAccepted, "The initdata is another.")
            : null;
        guest = refusal is null ? new Guest(evidence) : null;
        return guest is not null;
    }

    private sealed class Guest(TestEvidence evidence) : IAuthenticGuest
    {
        public GuestFacts Facts { get; } = new()
        {
            Measurement = evidence.Measurement,
            InitDataSha256 = evidence.HostData,
            Development = evidence.Development,
            Claims = new Dictionary<string, object> { ["measurement"] = evidence.Measurement, ["policy_debug_allowed"] = false },
        };

        public Refusal? Check(TrustPolicy policy) =>
            !policy.Snp!.Measurements.Any(entry => entry.ToString() == evidence.Measurement)
                ? new(RefusalReason.MeasurementNotAccepted, $"Measurement {evidence.Measurement} is not in policy {policy.PolicyVersion}.")
                : policy.InitDataDigests.Any(entry => entry.ToString() == evidence.HostData) ? null
                : new(RefusalReason.InitDataNotAccepted, $"Initdata {evidence.HostData} is not in policy {policy.PolicyVersion}.");
    }
}

internal sealed record TestEvidence(bool Signed, byte[] ReportData, string Measurement, string HostData, bool Development = false);
