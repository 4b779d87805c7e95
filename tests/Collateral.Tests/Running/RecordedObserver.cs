using System.Collections.Concurrent;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply.Tests.Running;

internal sealed class RecordedObserver : ICollateralObserver
{
    public ConcurrentQueue<(CollateralOrigin Service, RefusalReason? Reason)> Fetches { get; } = new();

    public ConcurrentQueue<CacheUse> Uses { get; } = new();

    public ConcurrentQueue<StoreWarning> Warnings { get; } = new();

    public void Fetched(CollateralOrigin service, Refusal? refusal, TimeSpan elapsed) => Fetches.Enqueue((service, refusal?.Reason));

    public void Cached(CollateralOrigin service, CacheUse use) => Uses.Enqueue(use);

    public void Ignored(StoreWarning warning) => Warnings.Enqueue(warning);
}
