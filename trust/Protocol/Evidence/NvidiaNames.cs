namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>The names of architectures as NVIDIA's and Confidential Containers' evidence writes them.</summary>
public static class NvidiaNames
{
    /// <summary>Returns the architecture, whatever the case of the letters.</summary>
    public static NvidiaArchitecture Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.ToUpperInvariant() switch
        {
            "HOPPER" => NvidiaArchitecture.Hopper,
            "BLACKWELL" => NvidiaArchitecture.Blackwell,
            "LS10" => NvidiaArchitecture.Ls10,
            _ => NvidiaArchitecture.Unknown,
        };
    }

    /// <summary>Returns the name.</summary>
    public static string ToWire(this NvidiaArchitecture architecture) => architecture.ToString().ToUpperInvariant();

    /// <summary>Returns whether it is a switch and not a GPU.</summary>
    public static bool IsSwitch(this NvidiaArchitecture architecture) => architecture == NvidiaArchitecture.Ls10;
}
