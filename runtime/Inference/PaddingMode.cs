namespace ConfidentialOperator.Inference;

/// <summary>How lengths are hidden.</summary>
internal enum PaddingMode
{
    /// <summary>Not at all.</summary>
    Off = 0,

    /// <summary>Answers grow to one of few lengths, pieces of a stream to a multiple of 128 bytes.</summary>
    Bucket = 1,

    /// <summary>Answers grow to a multiple of 64 KiB, pieces of a stream to a multiple of 1 KiB.</summary>
    Fixed = 2,
}
