namespace ConfidentialOperator.Registry;

/// <summary>What goes wrong at a registry, on demand.</summary>
public sealed class RegistryFaults
{
    /// <summary>Gets or sets after how many bytes the next answers with a file break off; null for never.</summary>
    public int? CutAfter { get; set; }

    /// <summary>Gets or sets how many answers break off.</summary>
    public int Cuts { get; set; }

    /// <summary>Gets or sets whether ranges are served.</summary>
    public bool ServesRanges { get; set; } = true;

    /// <summary>Gets or sets a status that every request gets; null for none.</summary>
    public int? Status { get; set; }

    /// <summary>Gets or sets whether a file's bytes are changed on their way.</summary>
    public bool Corrupts { get; set; }

    /// <summary>Gets or sets where readers of files are sent on to; empty for nowhere.</summary>
    public string RedirectTo { get; set; } = "";
}
