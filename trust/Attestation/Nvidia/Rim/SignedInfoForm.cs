using System.Text;
using System.Xml;

namespace ConfidentialOperator.Attestation.Nvidia.Rim;

/// <summary>
/// The one form that SignedInfo may have: one reference, to the whole document without its signature, by fixed algorithms. It is written out as a line and
/// compared as a whole, so that nothing in it is chosen by whoever made the document.
/// </summary>
internal static class SignedInfoForm
{
    private const string Canonical11 = "http://www.w3.org/2006/12/xml-c14n11";
    private const string Canonical10 = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    private const string Enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
    private const string EcdsaSha384 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
    private const string Sha384 = "http://www.w3.org/2001/04/xmldsig-more#sha384";

    private static readonly string[] s_forms = [Form(Canonical11), Form(Canonical10)];

    /// <summary>Returns the digest that SignedInfo states; null when it has another form.</summary>
    public static byte[]? FindDigest(byte[] signedInfo)
    {
        if (signedInfo.Length == 0)
        {
            return null;
        }

        using XmlReader reader = SignedXmlDocument.Reopen(signedInfo);
        var form = new StringBuilder();
        var digest = new StringBuilder();
        string last = "";
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    last = reader.LocalName;
                    form.Append('<').Append(last);
                    AppendAttributes(reader, form);
                    break;
                case XmlNodeType.EndElement:
                    last = "";
                    form.Append('>');
                    break;
                case XmlNodeType.Text when last == "DigestValue":
                    digest.Append(reader.Value);
                    break;
                case XmlNodeType.Text:
                    return null;
            }
        }

        byte[] bytes = new byte[digest.Length];
        return Array.IndexOf(s_forms, form.ToString()) >= 0 && Convert.TryFromBase64String(digest.ToString(), bytes, out int length) ? bytes[..length] : null;
    }

    private static void AppendAttributes(XmlReader reader, StringBuilder form)
    {
        for (bool more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute())
        {
            if (reader.Prefix != "xmlns" && reader.Name != "xmlns")
            {
                form.Append(' ').Append(reader.Name).Append('=').Append(reader.Value);
            }
        }

        reader.MoveToElement();
    }

    private static string Form(string canonical) =>
        $"<SignedInfo<CanonicalizationMethod Algorithm={canonical}><SignatureMethod Algorithm={EcdsaSha384}>"
        + $"<Reference URI=<Transforms<Transform Algorithm={Enveloped}><Transform Algorithm={canonical}>><DigestMethod Algorithm={Sha384}><DigestValue>>>";
}
