using ConfidentialOperator.Attestation.Nvidia;

namespace ConfidentialOperator.CollateralSupply;

/// <summary>The names of what can be fetched, cached and bundled. A verifier sorts items by what they are; the names are for people and for limits.</summary>
public static class CollateralKinds
{
    /// <summary>AMD's certificate of a chip's key at one TCB, in DER.</summary>
    public const string Vcek = "vcek";

    /// <summary>AMD's certificate of a provider's key, in DER. Only the host has it: AMD's service gives it to the provider alone.</summary>
    public const string Vlek = "vlek";

    /// <summary>Certificates of issuers, in PEM.</summary>
    public const string Chain = "chain";

    /// <summary>A revocation list, in DER.</summary>
    public const string Crl = "crl";

    /// <summary>Intel's TCB info of a platform, JSON.</summary>
    public const string TcbInfo = "tcb-info";

    /// <summary>Intel's identity of the quoting enclave, JSON.</summary>
    public const string QeIdentity = "qe-identity";

    /// <summary>Intel's list of TCB evaluation data numbers, JSON.</summary>
    public const string TcbNumbers = "tcb-numbers";

    /// <summary>NVIDIA's reference integrity manifest of a driver, XML.</summary>
    public const string DriverRim = DeviceVerifier.DriverRimKind;

    /// <summary>NVIDIA's reference integrity manifest of a VBIOS or of a switch's BIOS, XML.</summary>
    public const string VbiosRim = DeviceVerifier.VbiosRimKind;

    /// <summary>An answer about one certificate's revocation (RFC 6960), in DER.</summary>
    public const string Ocsp = DeviceVerifier.OcspKind;

    /// <summary>Gets all names.</summary>
    public static IReadOnlyList<string> All { get; } = [Vcek, Vlek, Chain, Crl, TcbInfo, QeIdentity, TcbNumbers, DriverRim, VbiosRim, Ocsp];
}
