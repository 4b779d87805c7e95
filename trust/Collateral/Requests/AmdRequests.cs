using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.CollateralSupply.Requests;

// https://kdsintf.amd.com (AMD publication 57230, chapter 4):
//   vcek/v1/PRODUCT/HWID?blSPL=..&teeSPL=..&snpSPL=..&ucodeSPL=..   certificate in DER; Turin: HWID of 8 bytes, and fmcSPL
//   vcek/v1/PRODUCT/cert_chain, vlek/v1/PRODUCT/cert_chain         ASK or ASVK, then ARK, in PEM
//   vcek/v1/PRODUCT/crl                                            list of the product's root, in DER

/// <summary>Questions to AMD's key distribution service.</summary>
public static class AmdRequests
{
    private const int ChipIdSize = 64;
    private const int TurinChipIdSize = 8;

    /// <summary>Asks for the certificate of a chip's key at a TCB.</summary>
    /// <param name="product">The product.</param>
    /// <param name="chipId">The chip's id as a report has it (64 bytes); the 8 bytes of a Turin are enough.</param>
    /// <param name="tcb">The TCB that the report states.</param>
    public static CollateralRequest Vcek(SnpProduct product, ByteString chipId, SnpTcb tcb)
    {
        ArgumentNullException.ThrowIfNull(chipId);
        ArgumentNullException.ThrowIfNull(tcb);
        bool isTurin = product == SnpProduct.Turin;
        if (chipId.Length != ChipIdSize && !(isTurin && chipId.Length == TurinChipIdSize))
        {
            throw new ArgumentException($"A chip id has {ChipIdSize} bytes, not {chipId.Length}.", nameof(chipId));
        }

        string id = isTurin ? Convert.ToHexStringLower(chipId.Span[..TurinChipIdSize]) : chipId.ToString();
        string first = isTurin ? $"fmcSPL={tcb.Fmc:00}&" : "";
        return new(CollateralOrigin.AmdKds, CollateralKinds.Vcek,
            $"vcek/v1/{product}/{id}?{first}blSPL={tcb.Bootloader:00}&teeSPL={tcb.Tee:00}&snpSPL={tcb.Snp:00}&ucodeSPL={tcb.Microcode:00}");
    }

    /// <summary>Asks for a product's intermediate and root: for keys of chips, or for keys of providers.</summary>
    public static CollateralRequest Chain(SnpProduct product, bool forProviders = false) =>
        new(CollateralOrigin.AmdKds, CollateralKinds.Chain, $"{(forProviders ? "vlek" : "vcek")}/v1/{product}/cert_chain");

    /// <summary>Asks for the revocation list of a product's root.</summary>
    public static CollateralRequest RevocationList(SnpProduct product) => new(CollateralOrigin.AmdKds, CollateralKinds.Crl, $"vcek/v1/{product}/crl");
}
