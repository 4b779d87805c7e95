using ConfidentialOperator.Inference.Sealing;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Access;
using ConfidentialOperator.Protocol.Sealing;

namespace ConfidentialOperator.Inference.Access;

/// <summary>The caller list in force. A list takes its place only if an owner of the model signed it and its version does not go back.</summary>
internal sealed class CallerBook(ManifestSource source, ILogger<CallerBook> logger)
{
    private readonly Lock _lock = new();
    private volatile CallerList? _list;

    /// <summary>Gets the list in force; null before the first.</summary>
    public CallerList? List => _list;

    /// <summary>Puts a list in force.</summary>
    public Refusal? Replace(ReadOnlyMemory<byte> envelope)
    {
        Refusal? refusal = TryReplace(envelope);
        if (refusal is not null)
        {
            logger.CallersRefused(refusal.Reason);
        }

        return refusal;
    }

    private Refusal? TryReplace(ReadOnlyMemory<byte> envelope)
    {
        if (!source.TryRead(out ModelManifest? manifest, out Refusal? refusal)
            || !CallerList.TryOpen(envelope, manifest.Owners, out CallerList? list, out refusal))
        {
            return refusal;
        }

        lock (_lock)
        {
            if (_list is { } known && list.Version < known.Version)
            {
                return new(RefusalReason.CallerListInvalid,
                    $"The caller list has version {list.Version}; version {known.Version} is in force and a list never goes back.");
            }

            if (_list is { } same && list.Version == same.Version && !list.ToJson().AsSpan().SequenceEqual(same.ToJson()))
            {
                return new(RefusalReason.CallerListInvalid,
                    $"Another caller list of version {list.Version} is in force; sign a changed list with version {list.Version + 1}.");
            }

            bool isNew = _list?.Version != list.Version;
            _list = list;
            if (isNew)
            {
                logger.CallersInForce(list.Version);
            }
        }

        return null;
    }
}
