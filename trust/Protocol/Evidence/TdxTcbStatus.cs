namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>What Intel says about a TCB, by Intel's own words. That it is not known at all is not among them.</summary>
public enum TdxTcbStatus
{
    /// <summary>Nothing is known to be wrong.</summary>
    UpToDate = 1,

    /// <summary>Software must be hardened against a known fault.</summary>
    SWHardeningNeeded = 2,

    /// <summary>The platform must be configured otherwise.</summary>
    ConfigurationNeeded = 3,

    /// <summary>Both: another configuration, and hardened software.</summary>
    ConfigurationAndSWHardeningNeeded = 4,

    /// <summary>Firmware has a known fault and must be updated.</summary>
    OutOfDate = 5,

    /// <summary>Firmware must be updated, and the platform configured otherwise.</summary>
    OutOfDateConfigurationNeeded = 6,

    /// <summary>The platform was updated while the guest ran: the guest should be launched again.</summary>
    TDRelaunchAdvised = 7,

    /// <summary>The guest should be launched again, and the platform configured otherwise.</summary>
    TDRelaunchAdvisedConfigurationNeeded = 8,

    /// <summary>Intel has taken it back; no policy may accept it.</summary>
    Revoked = 9,
}
