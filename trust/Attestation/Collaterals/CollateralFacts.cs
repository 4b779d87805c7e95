using System.Globalization;
using System.Text.Json;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Attestation.Collaterals;

/// <summary>What a piece of collateral says about itself: what it is, who made it, from when until when it holds. None of it is verified.</summary>
/// <param name="Description">What it is, for people.</param>
/// <param name="Issuer">Who made it, as it says itself; empty when it does not say.</param>
/// <param name="From">The begin of its validity.</param>
/// <param name="Until">The end of its validity: of a certificate, or the time at which a list or data must have been replaced.</param>
public sealed record CollateralFacts(string Description, string Issuer, DateTimeOffset From, DateTimeOffset Until)
{
    private static readonly string[] s_signedMembers = ["tcbInfo", "enclaveIdentity", "tcbEvaluationDataNumbers"];

    /// <summary>Reads an item, by its content alone; null when it is nothing that has a validity and can be read. Of several certificates the first end counts.</summary>
    public static CollateralFacts? Read(Collateral item)
    {
        ArgumentNullException.ThrowIfNull(item);
        ReadOnlyMemory<byte> data = item.Data.Memory;
        return data.Span.TrimStart(" \t\r\n"u8) switch
        {
            [(byte)'{', ..] => OfJson(data),
            [(byte)'<', ..] => OfManifest(data),
            [0x30, ..] when OfAnswer(data) is { } answer => answer,
            _ => OfCertificates(data) ?? OfList(data),
        };
    }

    private static CollateralFacts? OfCertificates(ReadOnlyMemory<byte> data)
    {
        var found = new List<Certificate>();
        foreach (ReadOnlyMemory<byte> der in CertificateFile.Split(data))
        {
            if (!Certificate.TryParse(der, out Certificate? certificate))
            {
                return null;
            }

            found.Add(certificate);
        }

        return found.Count == 0 ? null : new(
            $"certificate{(found.Count == 1 ? "" : "s")} {string.Join(", ", found.Select(certificate => $"'{PlainText.Of(certificate.CommonName)}'"))}",
            PlainText.Of(DistinguishedName.CommonName(found[0].Issuer)), found.Max(certificate => certificate.NotBefore), found.Min(certificate => certificate.NotAfter));
    }

    private static CollateralFacts? OfList(ReadOnlyMemory<byte> data) => !RevocationList.TryParse(data, out RevocationList? list) ? null
        : new("revocation list", PlainText.Of(DistinguishedName.CommonName(list.Issuer)), list.ThisUpdate, list.NextUpdate);
}
