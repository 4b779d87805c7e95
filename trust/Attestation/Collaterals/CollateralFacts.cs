using System.Globalization;
using System.Text.Json;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Nvidia.Ocsp;
using ConfidentialOperator.Attestation.Nvidia.Rim;
using ConfidentialOperator.Attestation.Rules;
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

    private static CollateralFacts? OfAnswer(ReadOnlyMemory<byte> data)
    {
        if (!OcspResponse.TryParse(data, out OcspResponse? response) || response.Answers.Count == 0)
        {
            return null;
        }

        string responder = response.Certificates.Count > 0 ? PlainText.Of(response.Certificates[0].CommonName) : "";
        return new("answer about revocation: " + string.Join(", ", response.Answers.Select(answer => answer.Status)), responder,
            response.Answers.Max(answer => answer.ThisUpdate), response.Answers.Min(answer => answer.NextUpdate ?? answer.ThisUpdate));
    }

    /// <summary>A manifest has no time of its own: the certificates of its signer have.</summary>
    private static CollateralFacts? OfManifest(ReadOnlyMemory<byte> data)
    {
        if (!SignedXmlDocument.TryRead(data.Span, out SignedXmlDocument? document, out _))
        {
            return null;
        }

        var signers = new List<Certificate>();
        foreach (ByteString der in document.Certificates)
        {
            if (Certificate.TryParse(der.Memory, out Certificate? certificate))
            {
                signers.Add(certificate);
            }
        }

        string name = RimContent.TryRead(document.Content, out RimContent? content, out _) ? $" '{PlainText.Of(content.Id)}', version {PlainText.Of(content.Version)}" : "";
        return signers.Count == 0 ? null : new($"reference manifest{name}", PlainText.Of(signers[0].CommonName), signers.Max(signer => signer.NotBefore), signers.Min(signer => signer.NotAfter));
    }

    private static CollateralFacts? OfJson(ReadOnlyMemory<byte> data)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(data);
            string? name = s_signedMembers.FirstOrDefault(member => document.RootElement.TryGetProperty(member, out JsonElement found) && found.ValueKind == JsonValueKind.Object);
            return name is null ? null : OfStatement(name, document.RootElement.GetProperty(name));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static CollateralFacts? OfStatement(string name, JsonElement body)
    {
        string about = name switch
        {
            "tcbInfo" => $"TCB info of platform {Text(body, "fmspc").ToLowerInvariant()}",
            "enclaveIdentity" => $"identity of enclave {Text(body, "id")}",
            _ => "TCB evaluation data numbers",
        };
        string number = body.TryGetProperty("tcbEvaluationDataNumber", out JsonElement stated) && stated.ValueKind == JsonValueKind.Number ? $", evaluation data number {stated.GetRawText()}" : "";
        return Time(body, "issueDate") is { } from && Time(body, "nextUpdate") is { } until ? new(PlainText.Of(about + number), "", from, until) : null;
    }

    private static string Text(JsonElement body, string name) => body.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";

    private static DateTimeOffset? Time(JsonElement body, string name) =>
        DateTimeOffset.TryParseExact(Text(body, name), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
}
