using ConfidentialOperator.Attestation.Azure;
using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Attestation.Nitro;
using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Attestation.Nvidia.Ocsp;
using ConfidentialOperator.Attestation.Nvidia.Rim;
using ConfidentialOperator.Attestation.Sample;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Attestation.Tdx;

namespace ConfidentialOperator.Attestation.Rules;

/// <summary>Every list of rules of the library, in the order of the reference page.</summary>
internal static class RuleBook
{
    public static IReadOnlyList<IRuleList> All { get; } =
    [
        CommonChecks.Bound,
        CommonChecks.InitData,
        CommonChecks.Policy,
        SnpSteps.All,
        SnpChecks.Always,
        SnpChecks.OfOwner,
        TdxSteps.All,
        PlatformSteps.All,
        TdxChecks.Always,
        TdxOwnerChecks.All,
        NitroSteps.All,
        NitroChecks.Always,
        NitroChecks.OfOwner,
        NvidiaSteps.All,
        DeviceChecks.All,
        OcspChecks.All,
        RimSteps.All,
        RimChecks.All,
        MachineChecks.All,
        SampleSteps.All,
        AzureSteps.All,
        AzureChecks.OfOwner,
        KeysetChecks.All,
    ];
}
