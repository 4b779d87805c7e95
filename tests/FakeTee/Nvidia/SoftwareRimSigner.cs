using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.FakeTee.Nvidia;

/// <summary>Signs reference values. The documents are written in their canonical form, so no canonicalisation of a verifier is needed to sign them.</summary>
public sealed class SoftwareRimSigner
{
    private const string End = "</SoftwareIdentity>";
    private const string Namespaces = "xmlns=\"http://standards.iso.org/iso/19770/-2/2015/schema.xsd\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" "
        + "xmlns:ns2=\"http://www.w3.org/2001/04/xmlenc#sha384\"";

    internal SoftwareRimSigner(IReadOnlyList<SoftwareAuthority> chain) => Chain = chain;

    /// <summary>Gets the chain, signer first.</summary>
    public IReadOnlyList<SoftwareAuthority> Chain { get; }

    /// <summary>Signs a document.</summary>
    /// <param name="rim">The document.</param>
    /// <param name="changeSignedInfo">A change of SignedInfo before it is signed.</param>
    /// <param name="changeSigned">A change of the signed document.</param>
    /// <param name="schema">The end of the document's namespace when it is another.</param>
    public ByteString Sign(SoftwareRim rim, Func<string, string>? changeSignedInfo = null, Func<string, string>? changeSigned = null, string? schema = null)
    {
        ArgumentNullException.ThrowIfNull(rim);
        string document = rim.ToXml();
        string digest = Convert.ToBase64String(SHA384.HashData(Encoding.UTF8.GetBytes(document)));
        string signedInfo = SignedInfo(digest);
        signedInfo = changeSignedInfo?.Invoke(signedInfo) ?? signedInfo;
        string canonical = signedInfo.Replace("<ds:SignedInfo>", $"<ds:SignedInfo {Namespaces.Replace("2015/schema.xsd", schema ?? "2015/schema.xsd", StringComparison.Ordinal)}>", StringComparison.Ordinal);
        string value = Convert.ToBase64String(Chain[0].Key.SignData(Encoding.UTF8.GetBytes(canonical), HashAlgorithmName.SHA384));
        string certificates = string.Concat(Chain.Select(authority => $"<ds:X509Certificate>{Convert.ToBase64String(authority.Certificate.RawData)}</ds:X509Certificate>"));
        string signature = $"<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{signedInfo}<ds:SignatureValue>{value}</ds:SignatureValue>"
            + $"<ds:KeyInfo><ds:X509Data>{certificates}</ds:X509Data></ds:KeyInfo></ds:Signature>";
        int end = document.LastIndexOf(End, StringComparison.Ordinal);
        string signed = end < 0 ? document : document[..end] + signature + document[end..];
        return new ByteString(Encoding.UTF8.GetBytes(changeSigned?.Invoke(signed) ?? signed));
    }

    private static string SignedInfo(string digest)
    {
        const string Canonical = "http://www.w3.org/2006/12/xml-c14n11";
        return $"<ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{Canonical}\"></ds:CanonicalizationMethod>"
            + "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384\"></ds:SignatureMethod><ds:Reference URI=\"\"><ds:Transforms>"
            + $"<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform><ds:Transform Algorithm=\"{Canonical}\"></ds:Transform>"
            + "</ds:Transforms><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#sha384\"></ds:DigestMethod>"
            + $"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>";
    }
}
