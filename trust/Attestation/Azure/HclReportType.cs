namespace ConfidentialOperator.Attestation.Azure;

/// <summary>What kind of hardware report a paravisor's report has.</summary>
internal enum HclReportType : uint
{
    /// <summary>AMD SEV-SNP.</summary>
    Snp = 2,

    /// <summary>Intel TDX.</summary>
    Tdx = 4,
}
