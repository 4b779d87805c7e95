namespace ConfidentialOperator.Inference.Generation.Decoding;

/// <summary>What an input of a decoder is, but for its cache.</summary>
internal enum DecoderInput
{
    /// <summary>The new tokens.</summary>
    Ids,

    /// <summary>A one for each token, old and new.</summary>
    Mask,

    /// <summary>The positions of the new tokens.</summary>
    Positions,

    /// <summary>Whether the cache holds anything (merged exports).</summary>
    UseCache,

    /// <summary>For how many of the last tokens logits are wanted.</summary>
    LogitsToKeep,
}
