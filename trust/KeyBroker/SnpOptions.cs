namespace ConfidentialOperator.KeyBroker;

/// <summary>What the broker accepts as SEV-SNP collateral beyond AMD's roots, which are built in.</summary>
internal sealed class SnpOptions
{
    /// <summary>Gets PEM files of development roots. Empty by default: evidence of no test hardware is accepted.</summary>
    public IList<string> DevelopmentRoots { get; init; } = [];

    /// <summary>Gets the folder of certificates for guests that bring none: <c>vcek/CHIP/...</c>, <c>chain/</c>, <c>crl/</c>.</summary>
    public string CollateralDirectory { get; set; } = "";
}
