using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nitro;

/// <summary>The steps from a sound layout to the word of AWS, in their order: the first that fails is the reason. All of them run.</summary>
internal static class NitroSteps
{
    private const string Process = "NSM API, attestation process";
    private const string NeedsCertificate = "the enclave's certificate";
    private const string NeedsPath = "a path to an accepted root";

    /// <summary>By how much the clock of the Nitro Security Module may be ahead of ours.</summary>
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(5);

    public static RuleList<NitroAttempt> All { get; } = new("Nitro: does AWS vouch for the document?",
        new("enclave-certificate", RuleAspect.Genuine, $"{Process}, certificate", CertificateIsThere, RefusalReason.ReportMalformed),
        new("document-signature", RuleAspect.Genuine, $"{Process}, COSE signature; RFC 9052, 4.4", SignatureVerifies, RefusalReason.SignatureInvalid),
        new("certificate-chain", RuleAspect.Genuine, $"{Process}, certificates validity; RFC 5280, 6", ChainLeadsToAnAcceptedRoot, RefusalReason.ChainUntrusted),
        new("certificate-order", RuleAspect.Genuine, $"{Process}, cabundle", BundleIsTheChain, RefusalReason.ChainUntrusted),
        new("certificate-time", RuleAspect.Current, "RFC 5280, 4.1.2.5", CertificatesAreValidNow, RefusalReason.CertificateExpired),
        new("certificate-time-of-document", RuleAspect.Genuine, $"{Process}, timestamp; RFC 5280, 4.1.2.5", CertificatesWereValidThen, RefusalReason.CertificateExpired),
        new("document-time", RuleAspect.Current, $"{Process}, timestamp", DocumentIsNotOfTheFuture, RefusalReason.EvidenceStale));

    private static Finding CertificateIsThere(NitroAttempt attempt) => Finding.Of(attempt.Leaf is not null, RefusalReason.ReportMalformed,
        "a certificate in DER", attempt.Leaf is { } leaf ? $"'{leaf.CommonName}'" : "bytes that are none",
        "The document's field 'certificate' is not an X.509 certificate in DER.");

    private static Finding SignatureVerifies(NitroAttempt attempt) => attempt.Leaf is null ? Finding.NotReached(NeedsCertificate)
        : Finding.Of(attempt.IsSigner, RefusalReason.SignatureInvalid, "made by the enclave's key", attempt.IsSigner ? "made by the enclave's key" : "not made by it",
            "The document's signature does not verify under its certificate's P-384 key: the document was altered, or the certificate is another enclave's.");

    private static Finding ChainLeadsToAnAcceptedRoot(NitroAttempt attempt)
    {
        const string Expected = "the Nitro root G1 of AWS, or a configured development root";
        return attempt switch
        {
            { Leaf: null } => Finding.NotReached(NeedsCertificate),
            { Path: { } path } => Finding.Passed(Expected, Names(path)),
            _ => Finding.Failed(attempt.PathRefusal!.Reason, Expected, $"'{attempt.Leaf.CommonName}'", attempt.PathRefusal.Message),
        };
    }

    /// <summary>The bundle is the path and nothing else, root first, as it is specified: so there is one way to read it.</summary>
    private static Finding BundleIsTheChain(NitroAttempt attempt)
    {
        if (attempt.Path is not { } path)
        {
            return Finding.NotReached(NeedsPath);
        }

        IReadOnlyList<ReadOnlyMemory<byte>> bundle = attempt.Document.Bundle;
        bool same = bundle.Count == path.Certificates.Count - 1;
        for (int at = 0; same && at < bundle.Count; at++)
        {
            same = path.Certificates[^(at + 1)].Der.Equals(bundle[at].Span);
        }

        return Finding.Of(same, RefusalReason.ChainUntrusted, $"{path.Certificates.Count - 1} certificates, root first", same ? "as expected" : $"{bundle.Count} in another order",
            "The document's field 'cabundle' is not the chain from the root to the enclave's certificate, root first.");
    }

    private static Finding CertificatesAreValidNow(NitroAttempt attempt) => CheckTime(attempt, attempt.Now);

    /// <summary>An enclave's certificate lives three hours, so what it signed later or before was not signed by the module.</summary>
    private static Finding CertificatesWereValidThen(NitroAttempt attempt) => CheckTime(attempt, attempt.Document.Timestamp);

    private static Finding DocumentIsNotOfTheFuture(NitroAttempt attempt) => Finding.Of(attempt.Document.Timestamp - attempt.Now <= s_skew, RefusalReason.EvidenceStale,
        $"not after {attempt.Now:u}", $"{attempt.Document.Timestamp:u}",
        $"The document is of {attempt.Document.Timestamp:u}, and it is {attempt.Now:u}: check this machine's clock.");

    private static Finding CheckTime(NitroAttempt attempt, DateTimeOffset time)
    {
        if (attempt.Path is not { } path)
        {
            return Finding.NotReached(NeedsPath);
        }

        // Certificates count in whole seconds.
        Refusal? refusal = path.CheckTime(DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds()));
        return Finding.Of(refusal is null, RefusalReason.CertificateExpired, $"valid at {time:u}", $"{path.Leaf.NotBefore:u} to {path.Leaf.NotAfter:u}", refusal?.Message ?? "");
    }

    private static string Names(CertificatePath path) => string.Join(", ", path.Certificates.Select(certificate => $"'{certificate.CommonName}'"));
}
