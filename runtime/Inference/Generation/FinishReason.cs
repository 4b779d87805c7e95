namespace ConfidentialOperator.Inference.Generation;

/// <summary>Why an answer ended.</summary>
internal enum FinishReason
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>The model ended it, or a stop text was met: <c>stop</c>.</summary>
    Stop,

    /// <summary>The most tokens were reached: <c>length</c>.</summary>
    Length,
}
