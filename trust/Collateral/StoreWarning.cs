namespace ConfidentialOperator.CollateralSupply;

/// <summary>Why something on the disk was not used.</summary>
public enum StoreWarning
{
    /// <summary>A record of the cache is not in its format.</summary>
    RecordMalformed = 1,

    /// <summary>The bytes of an item are missing or are not those that the record names.</summary>
    ContentDamaged = 2,

    /// <summary>The disk refused to be read or written.</summary>
    DiskUnavailable = 3,

    /// <summary>A bundle cannot be read; what was read of it before stays in use.</summary>
    BundleMalformed = 4,
}
