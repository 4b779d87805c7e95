using ConfidentialOperator.KeyBroker.Audit;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.KeyBroker.Keys;

/// <summary>Keeps resources, wrapped. <see cref="Release.KeyRelease"/> is its only reader.</summary>
internal interface IKeyStore
{
    /// <summary>Stores a resource, replacing what stood there; the change and <paramref name="audit"/> are one.</summary>
    Task StoreAsync(KbsResourceUri resource, SecretKey value, AuditEntry audit, CancellationToken cancellationToken);

    /// <summary>Deletes a resource; false when there was none.</summary>
    Task<bool> DeleteAsync(KbsResourceUri resource, AuditEntry audit, CancellationToken cancellationToken);

    /// <summary>Unwraps a resource; null when there is none.</summary>
    SecretKey? Find(KbsResourceUri resource);
}
