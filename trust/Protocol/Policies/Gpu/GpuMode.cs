namespace ConfidentialOperator.Protocol.Policies;

/// <summary>How a GPU is given to a guest, as its report says.</summary>
public enum GpuMode
{
    /// <summary>One GPU, passed through.</summary>
    SinglePassthrough = 1,

    /// <summary>Several GPUs with protected links between them.</summary>
    MultiPassthrough = 2,

    /// <summary>Eight GPUs and four switches whose PCIe links are trusted to be closed; links between them are not encrypted.</summary>
    ProtectedPcie = 3,
}
