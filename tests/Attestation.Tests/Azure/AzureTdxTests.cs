using ConfidentialOperator.Attestation.Azure;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tests.Azure;

/// <summary>A recorded confidential VM of Azure on TDX: what the paravisor says must be what the TD quote says.</summary>
public sealed class AzureTdxTests
{
    private const int HardwareOffset = 32;

    private static readonly EvidenceInputs s_inputs = new(TrustRoots.BuiltIn, new(2025, 7, 22, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(-1, null)]
    [InlineData(128, "REPORTDATA")]
    [InlineData(191, "REPORTDATA")]
    [InlineData(528, "MRTD")]
    [InlineData(575, "MRTD")]
    public void ThePartsAreOfOneMachine(int altered, string? contradiction)
    {
        AzureEvidence given = Recorded();
        byte[] report = given.HclReport.ToArray();
        if (altered >= 0)
        {
            report[HardwareOffset + altered] ^= 1;
        }

        Assert.True(AzureGuestEvidence.TryCreate(given with { HclReport = new ByteString(report) }, out AzureGuestEvidence? evidence, out _));
        Assert.Equal(contradiction, evidence.Hardware.Contradiction);
        Assert.Equal(("00806f050000", TeeKind.AzureTdx), ($"{evidence.StatedHardwareId}", evidence.Tee));
        string[] failed = [.. AzureSteps.All.Apply(new AzureAttempt(evidence)).Where(result => !result.IsFine).Select(result => result.Rule)];
        Assert.Equal(contradiction is null ? [] : ["paravisor-report"], failed);
    }

    /// <summary>Without Intel's word about the platform there is a quote, and no verdict that would let it pass.</summary>
    [Fact]
    public void WithoutCollateralNothingIsVouchedFor()
    {
        Assert.True(AzureGuestEvidence.TryCreate(Recorded(), out AzureGuestEvidence? evidence, out _));
        Authentication authentication = evidence.Authenticate(s_inputs);
        Assert.Null(authentication.Evidence);
        Assert.Equal(RefusalReason.CollateralMissing, authentication.Refusal!.Reason);
        Assert.False(AzureGuestEvidence.TryCreate(Recorded() with { Tee = TeeKind.AzureSnp }, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.EvidenceKindNotAccepted, refusal.Reason);
        Assert.False(AzureGuestEvidence.TryCreate(Recorded() with { Endorsement = ByteString.Empty }, out _, out _));
    }

    private static AzureEvidence Recorded() => AzureEvidence.TryParse(TeeKind.AzureTdx, File.ReadAllBytes(Path.Combine(SharedFolder.Vectors(), "azure-tdx-coco-v1", "evidence.json")),
        out AzureEvidence? evidence, out Refusal? refusal) ? evidence : throw new InvalidDataException(refusal.Message);
}
