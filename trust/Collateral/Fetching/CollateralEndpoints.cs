using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply.Fetching;

/// <summary>Where the vendors' services are. A caching service inside a data centre can stand in the place of each.</summary>
public sealed record CollateralEndpoints
{
    /// <summary>Gets AMD's key distribution service.</summary>
    public Uri AmdKds { get; init; } = new("https://kdsintf.amd.com");

    /// <summary>Gets Intel's provisioning certification service.</summary>
    public Uri IntelPcs { get; init; } = new("https://api.trustedservices.intel.com");

    /// <summary>Gets where Intel publishes the list of its root.</summary>
    public Uri IntelCertificates { get; init; } = new("https://certificates.trustedservices.intel.com");

    /// <summary>Gets NVIDIA's service of reference manifests.</summary>
    public Uri NvidiaRim { get; init; } = new("https://rim.attestation.nvidia.com");

    /// <summary>Gets NVIDIA's OCSP responder.</summary>
    public Uri NvidiaOcsp { get; init; } = new("https://ocsp.ndis.nvidia.com");

    /// <summary>Returns why an address cannot be used, or null. What is fetched is verified in any case; https keeps chip ids from strangers.</summary>
    public Refusal? Check() => Enum.GetValues<CollateralOrigin>().Select(service => Check(service, For(service))).FirstOrDefault(refusal => refusal is not null);

    internal Uri At(CollateralRequest request)
    {
        string root = For(request.Service).AbsoluteUri.TrimEnd('/');
        return new Uri($"{root}/{request.Path}");
    }

    private static Refusal? Check(CollateralOrigin service, Uri address) =>
        address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0 ? null
            : new(RefusalReason.Malformed, $"The address of {service} must be https (http on the loopback interface only), without credentials, query and fragment.");

    private Uri For(CollateralOrigin service) => service switch
    {
        CollateralOrigin.AmdKds => AmdKds,
        CollateralOrigin.IntelPcs => IntelPcs,
        CollateralOrigin.IntelCertificates => IntelCertificates,
        CollateralOrigin.NvidiaRim => NvidiaRim,
        CollateralOrigin.NvidiaOcsp => NvidiaOcsp,
        _ => throw new ArgumentOutOfRangeException(nameof(service), service, null),
    };
}
