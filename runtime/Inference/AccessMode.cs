namespace ConfidentialOperator.Inference;

/// <summary>The modes of access; the value that nobody wrote is not among them.</summary>
internal enum AccessMode
{
    /// <summary>Only callers of the owner's list.</summary>
    Keys = 1,

    /// <summary>Everybody who reaches the guest.</summary>
    Open = 2,
}
