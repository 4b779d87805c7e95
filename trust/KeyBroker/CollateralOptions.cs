using System.ComponentModel.DataAnnotations;

namespace ConfidentialOperator.KeyBroker;

/// <summary>Where the broker gets certificates, lists and reference values that guests do not bring. All of it must verify up to an accepted root.</summary>
internal sealed class CollateralOptions
{
    /// <summary>Gets bundles (<c>cfm collateral fetch</c>): files, or folders with an index. They are read again when they change.</summary>
    public IList<string> Bundles { get; init; } = [];

    /// <summary>Gets whether what no bundle has is fetched from the vendors' services; off by default: a broker makes no connection of its own.</summary>
    public bool Fetch { get; set; }

    /// <summary>Gets the folder of the cache; needed to fetch.</summary>
    public string CacheDirectory { get; set; } = "";

    /// <summary>Gets the most megabytes of the cache.</summary>
    [Range(1, 4096)]
    public int CacheMebibytes { get; set; } = 64;

    /// <summary>Gets age limits of cached items by kind, such as <c>crl</c>, in place of the usual ones.</summary>
    public IDictionary<string, TimeSpan> AgeLimits { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>Gets how long a guest waits for what is fetched.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets the most guests that wait for a fetch at a time; others are judged by what is there.</summary>
    [Range(1, 1024)]
    public int MostWaiting { get; set; } = 16;

    /// <summary>Gets the set of Intel's data: <c>standard</c>, <c>early</c>, or an evaluation data number.</summary>
    [RegularExpression("standard|early|[1-9][0-9]{0,4}")]
    public string TcbEdition { get; set; } = "standard";

    /// <summary>Gets AMD's key distribution service.</summary>
    public string AmdKds { get; set; } = "https://kdsintf.amd.com";

    /// <summary>Gets Intel's provisioning certification service.</summary>
    public string IntelPcs { get; set; } = "https://api.trustedservices.intel.com";

    /// <summary>Gets where Intel publishes the list of its root.</summary>
    public string IntelCertificates { get; set; } = "https://certificates.trustedservices.intel.com";

    /// <summary>Gets NVIDIA's service of reference manifests.</summary>
    public string NvidiaRim { get; set; } = "https://rim.attestation.nvidia.com";

    /// <summary>Gets NVIDIA's OCSP responder.</summary>
    public string NvidiaOcsp { get; set; } = "https://ocsp.ndis.nvidia.com";
}
