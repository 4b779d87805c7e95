using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply.Requests;

// https://api.trustedservices.intel.com (PCS version 4); the certificates of the issuers come URL-encoded in a header:
//   tdx/certification/v4/tcb?fmspc=..           TCB-Info-Issuer-Chain
//   tdx/certification/v4/qe/identity            SGX-Enclave-Identity-Issuer-Chain
//   sgx/certification/v4/pckcrl?ca=..           SGX-PCK-CRL-Issuer-Chain; encoding=der, otherwise PEM
//   tdx/certification/v4/tcbevaluationdatanumbers   TCB-Evaluation-Data-Numbers-Issuer-Chain
// https://certificates.trustedservices.intel.com: IntelSGXRootCA.der, the list of the root (the name of its certificate is another).

/// <summary>Questions to Intel's provisioning certification service.</summary>
public static class IntelRequests
{
    private const int FmspcSize = 6;

    /// <summary>Gets the question for the list of Intel's root.</summary>
    public static CollateralRequest RootRevocationList { get; } = new(CollateralOrigin.IntelCertificates, CollateralKinds.Crl, "IntelSGXRootCA.der");

    /// <summary>Gets the question for the numbers of all sets of TCB data that Intel still signs.</summary>
    public static CollateralRequest TcbNumbers { get; } = new(CollateralOrigin.IntelPcs, CollateralKinds.TcbNumbers, "tdx/certification/v4/tcbevaluationdatanumbers")
    {
        ChainHeaders = ["TCB-Evaluation-Data-Numbers-Issuer-Chain"],
    };

    /// <summary>Asks for the TCB info of a platform.</summary>
    /// <param name="fmspc">The platform's family, model, stepping, platform type and SKU: 6 bytes of its certificate.</param>
    /// <param name="edition">Which of the sets that are in force.</param>
    public static CollateralRequest TcbInfo(ByteString fmspc, TcbEdition edition)
    {
        ArgumentNullException.ThrowIfNull(fmspc);
        ArgumentNullException.ThrowIfNull(edition);
        return fmspc.Length == FmspcSize
            ? new(CollateralOrigin.IntelPcs, CollateralKinds.TcbInfo, $"tdx/certification/v4/tcb?fmspc={fmspc}&{edition}") { ChainHeaders = ["TCB-Info-Issuer-Chain", "SGX-TCB-Info-Issuer-Chain"] }
            : throw new ArgumentException($"An FMSPC has {FmspcSize} bytes, not {fmspc.Length}.", nameof(fmspc));
    }

    /// <summary>Asks for the identity of the quoting enclave for TDX.</summary>
    public static CollateralRequest QeIdentity(TcbEdition edition)
    {
        ArgumentNullException.ThrowIfNull(edition);
        return new(CollateralOrigin.IntelPcs, CollateralKinds.QeIdentity, $"tdx/certification/v4/qe/identity?{edition}") { ChainHeaders = ["SGX-Enclave-Identity-Issuer-Chain"] };
    }

    /// <summary>Asks for the list of the authority that certifies platforms with several packages, or processors.</summary>
    public static CollateralRequest PckRevocationList(bool forPlatforms) =>
        new(CollateralOrigin.IntelPcs, CollateralKinds.Crl, $"sgx/certification/v4/pckcrl?ca={(forPlatforms ? "platform" : "processor")}&encoding=der")
        {
            ChainHeaders = ["SGX-PCK-CRL-Issuer-Chain"],
        };
}
