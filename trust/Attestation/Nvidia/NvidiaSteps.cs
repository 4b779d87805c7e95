using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Nvidia;

/// <summary>The steps from a sound layout to the word of one device's hardware, in their order. All of them run.</summary>
internal static class NvidiaSteps
{
    private const int ChainLength = 5;
    private const int ProvisionerAt = 2;
    private const string Certificates = "NVIDIA device identity certificates";
    private const string Spdm = "DMTF DSP0274, MEASUREMENTS";
    private const string NeedsLeaf = "the device's certificate";
    private const string NeedsPath = "a path to an accepted root";

    public static RuleList<NvidiaAttempt> All { get; } = new("NVIDIA: does the hardware vouch for the device?",
        new("device-certificate", RuleAspect.Genuine, Certificates, CertificateIsThere, RefusalReason.ChainUntrusted, RefusalReason.Malformed),
        new("device-chain", RuleAspect.Genuine, $"{Certificates}, five levels; RFC 5280, 6", ChainLeadsToAnAcceptedRoot, RefusalReason.ChainUntrusted),
        new("device-certificate-time", RuleAspect.Current, "RFC 5280, 4.1.2.5", CertificatesAreValidNow, RefusalReason.CertificateExpired),
        new("device-report-signature", RuleAspect.Genuine, $"{Spdm}, Signature", SignatureVerifies, RefusalReason.SignatureInvalid),
        new("device-architecture", RuleAspect.Genuine, $"{Certificates}, names", ArchitectureIsOne, RefusalReason.ProductUnknown),
        new("device-firmware", RuleAspect.Genuine, "TCG DICE, firmware id; NVIDIA opaque data, field 20", FirmwareIsTheCertified, RefusalReason.CertificateTcbMismatch));

    private static Finding CertificateIsThere(NvidiaAttempt attempt) => attempt.Leaf is { } leaf ? Finding.Passed(NeedsLeaf, $"'{leaf.CommonName}'")
        : attempt.Chain is null
            ? Finding.Failed(RefusalReason.Malformed, "certificates in PEM", "bytes that are none",
                "The certificates of the device cannot be read: expected its chain in PEM, leaf first, and nothing else.")
            : Finding.Failed(RefusalReason.ChainUntrusted, NeedsLeaf, "none", "No certificate of the device came with its report: the guest must send the whole chain.");

    private static Finding ChainLeadsToAnAcceptedRoot(NvidiaAttempt attempt)
    {
        const string Expected = "four certificates below a root of NVIDIA, or a configured development root";
        return attempt switch
        {
            { Leaf: null } => Finding.NotReached(NeedsLeaf),
            { Path: { } path } => Finding.Of(path.Certificates.Count == ChainLength, RefusalReason.ChainUntrusted, Expected, Names(path),
                $"The device's certificate is {path.Certificates.Count - 1} steps below its root; NVIDIA's are {ChainLength - 1} steps below."),
            _ => Finding.Failed(attempt.PathRefusal!.Reason, Expected, $"'{attempt.Leaf.CommonName}'", attempt.PathRefusal.Message),
        };
    }

    private static Finding CertificatesAreValidNow(NvidiaAttempt attempt)
    {
        if (attempt.Path is not { } path)
        {
            return Finding.NotReached(NeedsPath);
        }

        Refusal? refusal = path.CheckTime(attempt.Now);
        return Finding.Of(refusal is null, RefusalReason.CertificateExpired, $"valid at {attempt.Now:u}", $"{path.Leaf.NotBefore:u} to {path.NotAfter:u}", refusal?.Message ?? "");
    }

    private static Finding SignatureVerifies(NvidiaAttempt attempt) => attempt.Leaf is null ? Finding.NotReached(NeedsLeaf)
        : Finding.Of(attempt.IsSigned, RefusalReason.SignatureInvalid, "made by the device's key", attempt.IsSigned ? "made by the device's key" : "not made by it",
            "The report's signature does not verify under the device's certificate: the report was altered, or the certificates are another device's.");

    private static Finding ArchitectureIsOne(NvidiaAttempt attempt)
    {
        if (attempt is not { Chip: { } chip, Path.Certificates: { Count: > ProvisionerAt } certificates })
        {
            return Finding.NotReached(NeedsPath);
        }

        NvidiaChip provisioned = NvidiaChip.OfAuthority(certificates[ProvisionerAt]);
        bool agree = chip == provisioned && chip.Architecture != NvidiaArchitecture.Unknown && (attempt.Stated ?? chip.Architecture) == chip.Architecture;
        return Finding.Of(agree, RefusalReason.ProductUnknown, "one known chip in certificates and evidence",
            $"certificate of {chip.Name}, issued as {provisioned.Name}, given as {attempt.Stated?.ToWire() ?? "nothing"}",
            $"The device's certificate is of '{chip.Name}', its issuer provisions '{provisioned.Name}', and the evidence says '{attempt.Stated?.ToWire() ?? "nothing"}': they must be one known chip.");
    }

    /// <summary>Drivers before 550 do not say which firmware holds the key; then the certificate alone says it.</summary>
    private static Finding FirmwareIsTheCertified(NvidiaAttempt attempt)
    {
        if (attempt.Leaf is null)
        {
            return Finding.NotReached(NeedsLeaf);
        }

        string expected = attempt.FirmwareId?.ToString() ?? "none in the certificate";
        return attempt.Report.Opaque.FirmwareId is not { } reported ? Finding.Passed(expected, "not said by this driver")
            : Finding.Of(attempt.FirmwareId == reported, RefusalReason.CertificateTcbMismatch, expected, $"{reported}",
                "The report is of other firmware than the device's certificate: the certificates must be fetched again after a change of firmware.");
    }

    private static string Names(CertificatePath path) => string.Join(", ", path.Certificates.Select(certificate => $"'{certificate.CommonName}'"));
}
