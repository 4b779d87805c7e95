using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Nvidia.Spdm;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Nvidia;

/// <summary>Authenticates the report of one device.</summary>
internal static class NvidiaVerifier
{
    private const int MostCertificates = 8;

    /// <summary>Runs the steps; the device is null unless all of them hold.</summary>
    /// <param name="report">The report.</param>
    /// <param name="certificates">The chain in PEM, leaf first.</param>
    /// <param name="stated">The architecture that was stated; null for none.</param>
    /// <param name="roots">The accepted roots.</param>
    /// <param name="now">The time.</param>
    /// <param name="about">What the results say they are about.</param>
    /// <param name="steps">The steps; null for all.</param>
    public static (AuthenticDevice? Device, RuleResult[] Results) Authenticate(SpdmReport report, ByteString certificates, NvidiaArchitecture? stated, TrustRoots roots,
        DateTimeOffset now, string about, RuleList<NvidiaAttempt>? steps = null)
    {
        var attempt = new NvidiaAttempt(report, ReadChain(certificates), stated, roots, now);
        RuleResult[] results = (steps ?? NvidiaSteps.All).Apply(attempt, about);
        return (TryMake(attempt, results, about, out AuthenticDevice? device) ? device : null, results);
    }

    private static bool TryMake(NvidiaAttempt attempt, RuleResult[] results, string about, [NotNullWhen(true)] out AuthenticDevice? device)
    {
        device = attempt is { Path: { } path, Chip: { } chip } && Array.TrueForAll(results, result => result.IsFine) ? new AuthenticDevice(attempt.Report, path, chip) { Subject = about } : null;
        return device is not null;
    }

    /// <summary>Returns the certificates; null when something among them is none.</summary>
    internal static IReadOnlyList<Certificate>? ReadChain(ByteString pem)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> parts = pem.Length == 0 ? [] : CertificateFile.Split(pem.Memory);
        var chain = new List<Certificate>(parts.Count);
        foreach (ReadOnlyMemory<byte> der in parts)
        {
            if (chain.Count == MostCertificates || !Certificate.TryParse(der, out Certificate? certificate))
            {
                return null;
            }

            chain.Add(certificate);
        }

        return chain;
    }
}
