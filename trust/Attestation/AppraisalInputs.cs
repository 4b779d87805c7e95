using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation;

/// <summary>What authentic evidence is appraised with.</summary>
/// <param name="Policy">The owner's policy.</param>
/// <param name="ExpectedReportData">What the evidence must be bound to, 64 bytes.</param>
/// <param name="Now">The time.</param>
internal sealed record AppraisalInputs(SignedTrustPolicy Policy, ByteString ExpectedReportData, DateTimeOffset Now);
