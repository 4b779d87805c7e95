using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Sidecar.Evidence;

/// <summary>A place where the guest's hardware can be asked for evidence.</summary>
internal interface IEvidenceSource
{
    /// <summary>Gets the name in options, logs and metrics.</summary>
    string Name { get; }

    /// <summary>Has evidence made over 64 bytes.</summary>
    Task<EvidenceOutcome> GetAsync(ByteString reportData, CancellationToken cancellationToken);
}
