namespace ConfidentialOperator.Attestation.Measurement;

/// <summary>In which order a host's kernel adds and measures the pages of a section; both are in use.</summary>
public enum TdxOrder
{
    /// <summary>Each page is added and measured before the next one.</summary>
    SinglePass,

    /// <summary>All pages of a section are added, then all are measured.</summary>
    TwoPass,
}
