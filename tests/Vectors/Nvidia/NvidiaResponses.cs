using System.Text;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Nvidia.Ocsp;
using ConfidentialOperator.Attestation.Nvidia.Rim;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Vectors;

/// <summary>OCSP responses on their own. The certificates that they are about are those of the devices and reference values of the same set.</summary>
internal static class NvidiaResponses
{
    private const int DayInSeconds = 24 * 3600;

    public static VectorOutcome Judge(VectorCase given)
    {
        string[] names = [.. given.Files.Names.Where(name => name.EndsWith(".der", StringComparison.Ordinal) && IsOf(given.Id, name))];
        IReadOnlyList<Certificate> certificates = ReadCertificates(given.Files.SetFolder);
        return names.Length == 0 ? throw new VectorException("no response belongs to this case")
            : names.Select(name => Judge(given, given.Files.Read(name), certificates)).FirstOrDefault(outcome => !outcome.IsAccepted) ?? VectorOutcome.Accepted;
    }

    /// <summary>The case 'gpu-chain…' is about the responses for the device, 'rim-chain…' about those for reference values.</summary>
    private static bool IsOf(string id, string name)
    {
        bool isDevice = name.Contains("certificate", StringComparison.Ordinal);
        return id.StartsWith("gpu-", StringComparison.Ordinal) ? isDevice : !id.StartsWith("rim-", StringComparison.Ordinal) || !isDevice;
    }

    private static VectorOutcome Judge(VectorCase given, byte[] response, IReadOnlyList<Certificate> certificates)
    {
        var lookup = new OcspLookup([new ByteString(response)], given.Roots().Answers);
        foreach (Certificate certificate in certificates)
        {
            foreach (Certificate issuer in certificates.Where(issuer => certificate.Issuer == issuer.Subject && certificate.Der != issuer.Der))
            {
                if (lookup.Find(certificate, issuer, given.At) is { Count: > 0 } found)
                {
                    var path = new CertificatePath([certificate, issuer], given.Roots().Anchors[0]);
                    var subject = OcspSubject.Of("item", path, 0, (_, _) => found, new GpuRevocation(DayInSeconds, HoldAccepted: false), given.At);
                    return VectorOutcome.Of(OcspChecks.All.Apply(subject));
                }
            }
        }

        return new(new Refusal(RefusalReason.RevocationListInvalid, "it is about no certificate of the set, or is no response"));
    }

    private static List<Certificate> ReadCertificates(string folder)
    {
        var certificates = new List<Certificate>();
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            IEnumerable<ReadOnlyMemory<byte>> parts = Path.GetFileName(path) switch
            {
                "cert_chain.pem" => CertificateFile.SplitPem(Encoding.Latin1.GetString(File.ReadAllBytes(path))),
                var name when name.EndsWith("rim.xml", StringComparison.Ordinal) && SignedXmlDocument.TryRead(File.ReadAllBytes(path), out SignedXmlDocument? rim, out _) =>
                    rim.Certificates.Select(der => der.Memory),
                _ => [],
            };
            foreach (ReadOnlyMemory<byte> der in parts)
            {
                if (Certificate.TryParse(der, out Certificate? certificate) && certificates.TrueForAll(other => other.Der != certificate.Der))
                {
                    certificates.Add(certificate);
                }
            }
        }

        return certificates;
    }
}
