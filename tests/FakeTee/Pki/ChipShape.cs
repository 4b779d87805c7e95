namespace ConfidentialOperator.FakeTee.Pki;

/// <summary>What is unusual about a chip's certificate: for a provider's key, and for certificates that AMD would never make.</summary>
public sealed record ChipShape
{
    /// <summary>Gets the shape of a provider's key below its own intermediate.</summary>
    public static ChipShape Vlek { get; } = new() { CommonName = "SEV-VLEK", Provider = "CN=cc-development.example", Without = ["4"], BelowVlekIntermediate = true };

    /// <summary>Gets the common name of the subject.</summary>
    public string CommonName { get; init; } = "SEV-VCEK";

    /// <summary>Gets the product's name; null for the product's own.</summary>
    public string? ProductName { get; init; }

    /// <summary>Gets the extensions that are left out, by the end of their identifiers.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>Gets the provider.</summary>
    public string? Provider { get; init; }

    /// <summary>Gets whether the hardware id stands in an OCTET STRING.</summary>
    public bool WrapsHardwareId { get; init; }

    /// <summary>Gets whether the intermediate for providers' keys issues it.</summary>
    public bool BelowVlekIntermediate { get; init; }

    /// <summary>Gets whether the root issues it, with no intermediate between.</summary>
    public bool BelowRoot { get; init; }

    /// <summary>Gets whether it says that it may issue certificates.</summary>
    public bool IsAuthority { get; init; }
}
