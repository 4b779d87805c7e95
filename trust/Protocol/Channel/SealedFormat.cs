namespace ConfidentialOperator.Protocol.Channel;

/// <summary>The two forms of an encapsulated message.</summary>
public enum SealedFormat
{
    /// <summary>One ciphertext (RFC 9458): nothing can be read before its end.</summary>
    Whole,
    /// <summary>Chunks with an authenticated end (draft-ietf-ohai-chunked-ohttp): answers stream.</summary>
    Chunked,
}
