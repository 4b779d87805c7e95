using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply;

/// <summary>Hears what happens, for logs and counters. No chip's id and no file name of a stranger is told.</summary>
public interface ICollateralObserver
{
    /// <summary>A service was asked.</summary>
    /// <param name="service">The service.</param>
    /// <param name="refusal">Why it gave nothing; null when it answered.</param>
    /// <param name="elapsed">How long it took, waiting included.</param>
    void Fetched(CollateralOrigin service, Refusal? refusal, TimeSpan elapsed);

    /// <summary>A cache was asked.</summary>
    /// <param name="service">The service behind it.</param>
    /// <param name="use">What it did.</param>
    void Cached(CollateralOrigin service, CacheUse use);

    /// <summary>Something stored was not used.</summary>
    /// <param name="warning">What was wrong with it.</param>
    void Ignored(StoreWarning warning);
}
