using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply;

/// <summary>Hears and says nothing.</summary>
public sealed class SilentObserver : ICollateralObserver
{
    /// <inheritdoc/>
    public void Fetched(CollateralOrigin service, Refusal? refusal, TimeSpan elapsed)
    {
    }

    /// <inheritdoc/>
    public void Cached(CollateralOrigin service, CacheUse use)
    {
    }

    /// <inheritdoc/>
    public void Ignored(StoreWarning warning)
    {
    }
}
