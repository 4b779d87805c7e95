using ConfidentialOperator.CollateralSupply;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker.Collateral;

/// <summary>Writes what happens to collateral into the log and the counters: services, outcomes and times, never a chip.</summary>
internal sealed class CollateralWatch(Telemetry telemetry, ILogger<CollateralWatch> logger) : ICollateralObserver
{
    public void Fetched(CollateralOrigin service, Refusal? refusal, TimeSpan elapsed)
    {
        telemetry.CollateralFetched(service, refusal, elapsed);
        if (refusal is not null)
        {
            logger.CollateralNotFetched(service, refusal.Reason);
        }
    }

    public void Cached(CollateralOrigin service, CacheUse use) => telemetry.CollateralCached(service, use);

    public void Ignored(StoreWarning warning)
    {
        telemetry.CollateralIgnored(warning);
        logger.CollateralIgnored(warning);
    }
}
