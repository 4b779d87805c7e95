namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>The names of TEEs on the wire, as the key broker protocol of Confidential Containers writes them.</summary>
public static class TeeNames
{
    /// <summary>Returns the kind; the Azure names lost their hyphens in releases before September 2025.</summary>
    public static TeeKind Parse(string name) => name switch
    {
        "snp" => TeeKind.Snp,
        "tdx" => TeeKind.Tdx,
        "az-snp-vtpm" or "azsnpvtpm" => TeeKind.AzureSnp,
        "az-tdx-vtpm" or "aztdxvtpm" => TeeKind.AzureTdx,
        "sample" => TeeKind.Sample,
        "nitro" => TeeKind.Nitro,
        _ => TeeKind.Unknown,
    };

    /// <summary>Returns the name.</summary>
    public static string ToWire(this TeeKind kind) => kind switch
    {
        TeeKind.Snp => "snp",
        TeeKind.Tdx => "tdx",
        TeeKind.AzureSnp => "az-snp-vtpm",
        TeeKind.AzureTdx => "az-tdx-vtpm",
        TeeKind.Sample => "sample",
        TeeKind.Nitro => "nitro",
        _ => "unknown",
    };
}
