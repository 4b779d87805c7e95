using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Azure;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Vectors;

/// <summary>Azure on SEV-SNP. There is no TCB to check beyond what the chip's certificate says.</summary>
internal sealed class AzureSnpRunner : AzureRunner
{
    private static readonly string[] s_chains = ["chain.pem", "ark.pem"];

    public override string Tee => "azure-snp";

    protected override TeeKind Kind => TeeKind.AzureSnp;

    protected override string EndorsementFile => "vcek.der";

    protected override Authentication Authenticate(AzureGuestEvidence evidence, VectorCase given, bool checkTcb) => evidence.Hardware.Authenticate(
        new EvidenceInputs(given.Roots(), given.At) { Collateral = [.. s_chains.Where(given.Files.Has).Select(name => new Collateral(name, new ByteString(given.Files.Read(name))))] });

    protected override TrustPolicy ToPolicy(AuthenticAzureGuest authentic)
    {
        SnpReport report = ((AuthenticSnpReport)authentic.Hardware).Report;
        return RecordedOwner.Policy with
        {
            AzureSnp = new AzureSnpPolicy
            {
                Pcrs = AzurePcrs.Of(new Dictionary<int, IReadOnlyList<ByteString>>(), NoDemand),
                Snp = new SnpDemands(new VectorPolicy(default, default)).ToPolicy(report).Snp!,
            },
        };
    }
}
