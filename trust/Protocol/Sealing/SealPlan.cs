using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Sealing;

/// <summary>What an owner decides before a model is sealed.</summary>
public sealed record SealPlan
{
    /// <summary>Gets the model's name.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the model's version: higher than every one before.</summary>
    public required long Version { get; init; }

    /// <summary>Gets the name that the model key has at the key broker.</summary>
    public required KbsResourceUri KeyId { get; init; }

    /// <summary>Gets the keys whose holders may sign the manifest and the lists of callers.</summary>
    public required IReadOnlyList<OwnerPublicKey> Owners { get; init; }

    /// <summary>Gets the bytes of a chunk.</summary>
    public int ChunkSize { get; init; } = SealedFileLayout.DefaultChunkSize;
}
