using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.CollateralSupply.Requests;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.CollateralSupply.Needs;

/// <summary>
/// What must be asked for before evidence can be judged. It is read from the evidence, which may lie: the worst that a lie can do is that the wrong thing is fetched,
/// and then the evidence does not verify.
/// </summary>
public static class CollateralNeeds
{
    private const string PckExtension = "1.2.840.113741.1.13.1";
    private const string FmspcExtension = PckExtension + ".4";
    private const int FmspcSize = 6;
    private const int LongestPem = 32 * 1024;

    /// <summary>Returns the requests for evidence of a CPU, in any form that can be read; none for evidence that brings everything, as Nitro's does.</summary>
    /// <param name="evidence">The evidence, as a file or on the wire.</param>
    /// <param name="kind">What it is; null to find out.</param>
    /// <param name="edition">Which set of Intel's data.</param>
    public static IReadOnlyList<CollateralRequest> Of(ReadOnlyMemory<byte> evidence, TeeKind? kind, TcbEdition edition)
    {
        if (!EvidenceFormat.TryRead(evidence, kind, out Evidence? read, out _))
        {
            return OfQuote(evidence.Span, edition);
        }

        return read.Tee switch
        {
            TeeKind.Snp when read is SnpReportEvidence snp => OfReport(snp.Report),
            TeeKind.Tdx => OfQuote(Quote(evidence, isAzure: false), edition),
            TeeKind.AzureTdx => OfQuote(Quote(evidence, isAzure: true), edition),
            _ => [],
        };
    }

    /// <summary>Returns the requests for a SEV-SNP report: the chip's certificate, unless the chip is masked, the product's intermediate, and the list of its root.</summary>
    public static IReadOnlyList<CollateralRequest> OfReport(SnpReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        bool isMasked = report.ChipId.Span.IndexOfAnyExcept((byte)0) < 0;

        // Reports of version 2 do not say the product; chips of Turin write later versions.
        SnpProduct[] products = report.Product is { } product ? [product] : [SnpProduct.Milan, SnpProduct.Genoa];
        IEnumerable<CollateralRequest> chips = isMasked || report.SigningKey != SnpSigningKey.Vcek ? [] : products.Select(of => AmdRequests.Vcek(of, report.ChipId, report.ReportedTcb));
        bool forProviders = report.SigningKey == SnpSigningKey.Vlek;
        return [.. chips, .. products.SelectMany(of => (CollateralRequest[])[AmdRequests.Chain(of, forProviders), AmdRequests.RevocationList(of)])];
    }

    /// <summary>Returns the requests for a TDX quote: by the platform's certificate, which stands in the quote as PEM.</summary>
    public static IReadOnlyList<CollateralRequest> OfQuote(ReadOnlySpan<byte> quote, TcbEdition edition)
    {
        int at = quote.IndexOf("-----BEGIN CERTIFICATE"u8);
        ReadOnlySpan<byte> rest = at < 0 ? [] : quote[at..];
        string pem = Encoding.ASCII.GetString(rest[..Math.Min(rest.Length, LongestPem)]);
        if (!PemEncoding.TryFind(pem, out PemFields fields))
        {
            return [];
        }

        try
        {
            byte[] der = Convert.FromBase64String(pem[fields.Base64Data]);
            using X509Certificate2 platform = X509CertificateLoader.LoadCertificate(der);
            bool forPlatforms = platform.Issuer.Contains("Platform", StringComparison.Ordinal);
            return Fmspc(platform) is not { } fmspc ? []
                : [IntelRequests.TcbInfo(fmspc, edition), IntelRequests.QeIdentity(edition), IntelRequests.PckRevocationList(forPlatforms), IntelRequests.RootRevocationList];
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or AsnContentException)
        {
            return [];
        }
    }

    /// <summary>Returns the requests for a device: its reference manifests, and a question about each of its certificates above the leaf.</summary>
    public static IReadOnlyList<CollateralRequest> OfDevice(NvidiaDeviceEvidence device)
    {
        ArgumentNullException.ThrowIfNull(device);
        var requests = new List<CollateralRequest>();
        foreach (string id in DeviceReferences.RimIds(device))
        {
            if (NvidiaRequests.TryRim(id, out CollateralRequest? request, out _))
            {
                requests.Add(request);
            }
        }

        IReadOnlyList<ByteString> chain = DeviceReferences.Certificates(device);
        requests.AddRange(OfChain([.. chain.Skip(1)]));
        return requests;
    }

    /// <summary>Returns a question about each certificate of a chain whose issuer comes next.</summary>
    public static IReadOnlyList<CollateralRequest> OfChain(IReadOnlyList<ByteString> chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        var requests = new List<CollateralRequest>();
        for (int at = 0; at + 1 < chain.Count; at++)
        {
            if (NvidiaRequests.TryOcsp(chain[at].Span, chain[at + 1].Span, withNonce: false, out CollateralRequest? request, out _))
            {
                requests.Add(request);
            }
        }

        return requests;
    }

    private static ReadOnlySpan<byte> Quote(ReadOnlyMemory<byte> evidence, bool isAzure)
    {
        if (isAzure)
        {
            return AzureEvidence.TryParse(TeeKind.AzureTdx, evidence, out AzureEvidence? azure, out _) ? azure.Endorsement.Span : evidence.Span;
        }

        return TdxEvidence.TryParse(evidence, out TdxEvidence? tdx, out _) ? tdx.Quote.Span : evidence.Span;
    }

    private static ByteString? Fmspc(X509Certificate2 certificate)
    {
        if (certificate.Extensions[PckExtension] is not { } extension)
        {
            return null;
        }

        AsnReader list = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
        while (list.HasData)
        {
            AsnReader entry = list.ReadSequence();
            if (entry.ReadObjectIdentifier() == FmspcExtension)
            {
                byte[] fmspc = entry.ReadOctetString();
                return fmspc.Length == FmspcSize ? new ByteString(fmspc) : null;
            }
        }

        return null;
    }
}
