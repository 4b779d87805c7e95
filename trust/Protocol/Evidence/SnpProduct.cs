namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>The lines of AMD processors that have SEV-SNP and roots of their own.</summary>
public enum SnpProduct
{
    /// <summary>Third generation EPYC.</summary>
    Milan = 1,

    /// <summary>Fourth generation EPYC.</summary>
    Genoa = 2,

    /// <summary>Fifth generation EPYC.</summary>
    Turin = 3,
}
