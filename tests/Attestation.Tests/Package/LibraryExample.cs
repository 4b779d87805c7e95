using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

internal static class LibraryExample
{
    /// <summary>Examines evidence of any vendor under an owner's signed policy.</summary>
    public static Appraisal Examine(byte[] evidenceFile, IEnumerable<byte[]> collateral, byte[] policyEnvelope, OwnerPublicKey owner, DateTimeOffset at)
    {
        if (!TrustPolicy.TryOpen(policyEnvelope, [owner], out SignedTrustPolicy? policy, out Refusal? refusal))
        {
            throw new InvalidDataException($"{refusal.Reason}: {refusal.Message}");
        }

        var inputs = new EvidenceInputs(TrustRoots.BuiltIn, at)
        {
            // Certificates, revocation lists, signed statements: nothing is trusted for being here, it must verify up to a root.
            Own = [.. collateral.Select(bytes => new Collateral("collateral", new ByteString(bytes)))],
        };
        return EvidenceFormat.TryRead(evidenceFile, null, out Evidence? evidence, out refusal)
            ? Appraiser.Examine(evidence, inputs, policy, expectedReportData: null)
            : Appraiser.Unreadable(refusal, policy, at);
    }

    /// <summary>Prints what did not hold, or that everything did.</summary>
    public static void Print(Appraisal appraisal, TextWriter output)
    {
        foreach (RuleResult result in appraisal.Results.Where(result => !result.IsFine))
        {
            output.WriteLine($"{result.Rule} ({result.Specification}): expected {result.Expected}, found {result.Found}");
        }

        output.WriteLine(appraisal.Accepted ? "accepted" : $"rejected: {appraisal.Refusal!.Reason}");
    }
}
