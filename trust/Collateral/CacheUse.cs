namespace ConfidentialOperator.CollateralSupply;

/// <summary>How a cache answered.</summary>
public enum CacheUse
{
    /// <summary>From what it had.</summary>
    Hit = 1,

    /// <summary>It had nothing of use and asked the service.</summary>
    Miss = 2,

    /// <summary>The service gave nothing, and what the cache had is within its age limit.</summary>
    Stale = 3,
}
