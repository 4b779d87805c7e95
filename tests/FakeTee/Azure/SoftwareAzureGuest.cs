using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Snp;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.FakeTee.Azure;

/// <summary>A confidential VM: what its evidence says, with places where a test can change it.</summary>
public sealed record SoftwareAzureGuest
{
    /// <summary>Gets the kind.</summary>
    public TeeKind Tee { get; init; } = TeeKind.AzureSnp;

    /// <summary>Gets what makes the hardware's report over data, and what vouches for it (the chip's certificate, the TD quote).</summary>
    public required Func<ByteString, (byte[] Report, ByteString Endorsement)> Hardware { get; init; }

    /// <summary>Gets what the asker gave.</summary>
    public required ByteString ExtraData { get; init; }

    /// <summary>Gets the 24 PCRs.</summary>
    public IReadOnlyList<ByteString> Pcrs { get; init; } = MakePcrs(ByteString.Sha256("initdata"u8));

    /// <summary>Gets which PCRs the quote covers.</summary>
    public int Selection { get; init; } = 0xFFFFFF;

    /// <summary>Gets the type of the hash over the runtime data: 1 to 3.</summary>
    public int HashType { get; init; } = 1;

    /// <summary>Gets a change of the runtime data, before the hardware vouches for it.</summary>
    public Func<string, string> RuntimeData { get; init; } = given => given;

    /// <summary>Gets a change of the paravisor's report.</summary>
    public Func<byte[], byte[]> Report { get; init; } = given => given;

    /// <summary>Gets a change of the quote, before it is signed.</summary>
    public Func<byte[], byte[]> Quote { get; init; } = given => given;

    /// <summary>Gets a change of the whole.</summary>
    public Func<AzureEvidence, AzureEvidence> Evidence { get; init; } = given => given;

    /// <summary>Returns PCRs with values in 0 to 7, and the initdata in 8.</summary>
    public static IReadOnlyList<ByteString> MakePcrs(ByteString initDataDigest) =>
    [
        .. Enumerable.Range(0, AzureEvidence.PcrCount).Select(index => index == 8 ? new ByteString(SHA256.HashData([.. new byte[32], .. initDataDigest.Span]))
            : new ByteString(index < 8 ? [.. Enumerable.Repeat((byte)(0xB0 + index), 32)] : new byte[32])),
    ];

    /// <summary>Returns hardware that is a software chip of SEV-SNP.</summary>
    public static Func<ByteString, (byte[] Report, ByteString Endorsement)> On(SoftwareChip chip, SoftwareReport template) =>
        reportData => (chip.Sign(template with { ReportData = reportData }).ToArray(), new ByteString(Encoding.ASCII.GetBytes(
            string.Join('\n', chip.Certificates.Select(certificate => PemEncoding.WriteString("CERTIFICATE", certificate.Data.Span))))));
}
