namespace ConfidentialOperator.CollateralSupply;

/// <summary>The services of the vendors.</summary>
public enum CollateralOrigin
{
    /// <summary>AMD's key distribution service (publication 57230, chapter 4).</summary>
    AmdKds = 1,

    /// <summary>Intel's provisioning certification service, version 4, or a caching service in front of it.</summary>
    IntelPcs = 2,

    /// <summary>Where Intel publishes the list of its root.</summary>
    IntelCertificates = 3,

    /// <summary>NVIDIA's service of reference integrity manifests.</summary>
    NvidiaRim = 4,

    /// <summary>NVIDIA's OCSP responder.</summary>
    NvidiaOcsp = 5,
}
