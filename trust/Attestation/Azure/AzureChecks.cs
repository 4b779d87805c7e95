using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Azure;

/// <summary>The rules about the PCRs of an authentic guest. Those for the hardware's report are the hardware's.</summary>
internal static class AzureChecks
{
    /// <summary>The PCR that is extended once, from zero, with the digest of the initdata.</summary>
    internal const int InitDataPcr = 8;

    private const string Owner = "trust policy, ";

    /// <summary>Gets the rules that an owner makes.</summary>
    public static RuleList<AzureSubject> OfOwner { get; } = new("Azure: the owner's policy",
        new("initdata", RuleAspect.Expected, "Confidential Containers, initdata, PCR 8; " + Owner + "initDataDigests", InitDataIsAccepted, RefusalReason.InitDataNotAccepted),
        new("pcrs", RuleAspect.Expected, "TPM 2.0 Library, part 1, PCR; " + Owner + "tee.az-snp-vtpm.pcrs, tee.az-tdx-vtpm.pcrs", PcrsAreAccepted, RefusalReason.MeasurementNotAccepted)
        {
            Waiver = "tee.az-snp-vtpm.pcrs",
        });

    private static Finding InitDataIsAccepted(AzureSubject subject)
    {
        string found = subject.Authentic.Pcr(InitDataPcr)?.ToString() ?? "not quoted";
        return Finding.Of(subject.InitDataDigests.Any(digest => subject.Authentic.ShowsInitData(digest) is true), RefusalReason.InitDataNotAccepted,
            $"PCR {InitDataPcr} extended once by one of {subject.InitDataDigests.Count} digests", found,
            $"PCR {InitDataPcr} is {found}, which extending it once by an accepted initdata digest does not give.");
    }

    private static Finding PcrsAreAccepted(AzureSubject subject)
    {
        var demanded = new List<int>();
        for (int index = 0; index < AzureEvidence.PcrCount; index++)
        {
            Expectation<IReadOnlyList<ByteString>>? demand = subject.Pcrs?.GetValueOrDefault(index);
            string found = subject.Authentic.Pcr(index)?.ToString() ?? "not quoted";
            if (demand is null)
            {
                return Finding.Failed(RefusalReason.MeasurementNotAccepted, "a demand of the policy", found, $"The policy makes no demand on PCR {index}, and it must.");
            }

            if (demand is { IsWaived: false, Value: { } accepted })
            {
                demanded.Add(index);
                if (subject.Authentic.Pcr(index) is not { } pcr || !accepted.Contains(pcr))
                {
                    return Finding.Failed(RefusalReason.MeasurementNotAccepted, accepted.Count == 1 ? $"{accepted[0]}" : $"one of {accepted.Count} in the policy", found,
                        $"PCR {index} is {found}, which is not among the {accepted.Count} values that the policy accepts.");
                }
            }
        }

        return demanded.Count > 0 ? Finding.Passed($"PCRs {string.Join(", ", demanded)} as the policy demands", "as demanded")
            : Finding.Of(subject.Pcrs![0], "not looked at", _ => Finding.Passed("", ""));
    }
}
