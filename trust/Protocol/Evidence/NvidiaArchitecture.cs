namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>The architectures of NVIDIA's devices that attest.</summary>
public enum NvidiaArchitecture
{
    /// <summary>A name that is not known.</summary>
    Unknown = 0,

    /// <summary>GPUs of Hopper: GH100.</summary>
    Hopper = 1,

    /// <summary>GPUs of Blackwell: GB100, GB10x, GB20x.</summary>
    Blackwell = 2,

    /// <summary>The NVSwitch LS10.</summary>
    Ls10 = 3,
}
