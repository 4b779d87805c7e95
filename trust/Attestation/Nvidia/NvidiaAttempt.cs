using System.Security.Cryptography;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Nvidia.Spdm;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Nvidia;

/// <summary>
/// One attempt to authenticate a device's report: what the steps look at. Everything is found before the first step looks; what could not be found is null.
/// </summary>
internal sealed class NvidiaAttempt
{
    private static readonly PathRules s_nvidia = new(Vendor.NvidiaDevice, SignatureScheme.EcdsaP384Sha384);

    public NvidiaAttempt(SpdmReport report, IReadOnlyList<Certificate>? chain, NvidiaArchitecture? stated, TrustRoots roots, DateTimeOffset now)
    {
        Report = report;
        Chain = chain;
        Stated = stated;
        Now = now;
        if (chain is not { Count: > 0 })
        {
            return;
        }

        Leaf = chain[0];
        Path = CertificatePath.TryBuild(Leaf, chain, roots, s_nvidia, out CertificatePath? path, out Refusal? refusal) ? path : null;
        PathRefusal = refusal;
        Span<byte> digest = stackalloc byte[SHA384.HashSizeInBytes];
        SHA384.HashData(report.Signed, digest);
        IsSigned = P384Signature.Verify(Leaf, digest, report.Signature);
        FirmwareId = FirmwareIdExtension.Find(Leaf);
        Chip = NvidiaChip.OfLeaf(Leaf);
    }

    public SpdmReport Report { get; }

    /// <summary>Gets the certificates that came with the report, leaf first; null when they cannot be read.</summary>
    public IReadOnlyList<Certificate>? Chain { get; }

    public Certificate? Leaf { get; }

    /// <summary>Gets what whoever gave the evidence says that it is; null when nothing is said.</summary>
    public NvidiaArchitecture? Stated { get; }

    public DateTimeOffset Now { get; }

    public CertificatePath? Path { get; }

    public Refusal? PathRefusal { get; }

    /// <summary>Gets whether the leaf's key signed the report.</summary>
    public bool IsSigned { get; }

    /// <summary>Gets the firmware digest in the leaf; null when there is none.</summary>
    public ByteString? FirmwareId { get; }

    /// <summary>Gets the chip that the leaf names; null without a leaf.</summary>
    public NvidiaChip? Chip { get; }
}
