using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Xml;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nvidia.Rim;

/// <summary>
/// A document with one enveloped XML signature: its canonical bytes without the signature, the canonical bytes of SignedInfo, the signature's value and its
/// certificates. What is used later is read from these bytes and no others, so there is nothing between what was signed and what is believed. A document type,
/// an entity, a processing instruction, an attribute of <c>xml:</c> and a signature anywhere but directly below the root are refused.
/// </summary>
internal sealed class SignedXmlDocument
{
    public const int Longest = 256 * 1024;

    private const string Dsig = "http://www.w3.org/2000/09/xmldsig#";
    private const int DeepestNesting = 16;
    private const int MostNodes = 16 * 1024;
    private const int MostCertificates = 8;

    private static readonly XmlReaderSettings s_settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        CheckCharacters = true,
        MaxCharactersInDocument = Longest,
    };

    private readonly StringBuilder _content = new();
    private readonly StringBuilder _signedInfo = new();
    private readonly StringBuilder _value = new();
    private readonly CanonicalXml _canonical = new();
    private readonly Stack<string> _open = new();
    private readonly List<ByteString> _certificates = [];
    private int _signatureDepth = -1;
    private int _signedInfoDepth = -1;

    private SignedXmlDocument()
    {
    }

    /// <summary>Gets the number of signatures: one, or none in a document that nobody signed.</summary>
    public int Signatures { get; private set; }

    /// <summary>Gets whether there is another signature, one elsewhere, or one that holds what is none of it.</summary>
    public bool HasStray { get; private set; }

    public int SignedInfos { get; private set; }

    /// <summary>Gets the canonical bytes of the document without its signature.</summary>
    public byte[] Content { get; private set; } = [];

    /// <summary>Gets the canonical bytes of SignedInfo.</summary>
    public byte[] SignedInfo { get; private set; } = [];

    /// <summary>Gets the signature; empty when it is not Base64.</summary>
    public byte[] SignatureValue { get; private set; } = [];

    /// <summary>Gets the certificates in their order, in DER: the signer's first.</summary>
    public IReadOnlyList<ByteString> Certificates => _certificates;

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedXmlDocument? document, out string fault)
    {
        document = null;
        if (bytes.Length > Longest)
        {
            fault = $"it has {bytes.Length} bytes, and the limit is {Longest}";
            return false;
        }

        try
        {
            string text = new UTF8Encoding(false, true).GetString(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes);
            using var reader = XmlReader.Create(new StringReader(text), s_settings);
            var read = new SignedXmlDocument();
            read.Read(reader);
            (document, fault) = (read, "");
            return true;
        }
        catch (Exception exception) when (exception is XmlException or FormatException or DecoderFallbackException)
        {
            fault = exception is XmlException { LineNumber: > 0 } xml ? $"line {xml.LineNumber}, column {xml.LinePosition} is not allowed" : exception.Message;
            return false;
        }
    }

    /// <summary>Opens bytes that <see cref="CanonicalXml"/> wrote.</summary>
    public static XmlReader Reopen(byte[] canonical) => XmlReader.Create(new StringReader(Encoding.UTF8.GetString(canonical)), s_settings);

    private void Read(XmlReader reader)
    {
        for (int nodes = 0; reader.Read(); nodes++)
        {
            if (nodes == MostNodes || reader.Depth > DeepestNesting)
            {
                throw new XmlException("There are too many nodes, or they are nested too deep.");
            }

            Take(reader);
        }

        Content = Encoding.UTF8.GetBytes(_content.ToString());
        SignedInfo = Encoding.UTF8.GetBytes(_signedInfo.ToString());
        SignatureValue = FromBase64(_value.ToString());
    }

    private void Take(XmlReader reader)
    {
        switch (reader.NodeType)
        {
            case XmlNodeType.Element:
                bool isEmpty = reader.IsEmptyElement;
                (string name, int depth) = (reader.Name, reader.Depth);
                Open(reader);
                if (isEmpty)
                {
                    Close(name, depth);
                }

                break;
            case XmlNodeType.EndElement:
                Close(reader.Name, reader.Depth);
                break;
            case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                TakeText(reader);
                break;
            case XmlNodeType.Comment or XmlNodeType.XmlDeclaration:
                break;
            default:
                throw new XmlException($"A node of kind {reader.NodeType} is not allowed.");
        }
    }

    private void Open(XmlReader reader)
    {
        RefuseXmlAttributes(reader);
        bool isDsig = reader.NamespaceURI == Dsig;
        if (isDsig && reader.Depth == 1 && reader.LocalName == "Signature" && Signatures == 0)
        {
            Signatures++;
            _signatureDepth = reader.Depth;
        }
        else if (isDsig != _signatureDepth >= 0)
        {
            HasStray = true;
        }

        bool isApex = _signedInfoDepth < 0 && _signatureDepth >= 0 && reader.Depth == _signatureDepth + 1 && reader.LocalName == "SignedInfo";
        if (isApex)
        {
            SignedInfos++;
            _signedInfoDepth = reader.Depth;
        }

        if (_signatureDepth >= 0)
        {
            _open.Push(reader.LocalName);
            if (Place() is "KeyInfo/X509Data/X509Certificate")
            {
                _value.Append('|');
            }
        }

        _canonical.Open(reader, Target(), isApex);
    }

    private void Close(string name, int depth)
    {
        _canonical.Close(name, Target());
        if (_signatureDepth >= 0)
        {
            _open.Pop();
        }

        _signedInfoDepth = depth == _signedInfoDepth ? -1 : _signedInfoDepth;
        _signatureDepth = depth == _signatureDepth ? -1 : _signatureDepth;
    }

    private void TakeText(XmlReader reader)
    {
        if (Target() is { } target)
        {
            // White space around the root belongs to no element.
            CanonicalXml.Text(reader.Depth == 0 ? "" : reader.Value, target);
        }
        else if (_open.Count > 1 && Place() is "SignatureValue" or "KeyInfo/X509Data/X509Certificate")
        {
            _value.Append(reader.Value);
        }
    }

    private StringBuilder? Target() => _signatureDepth < 0 ? _content : _signedInfoDepth >= 0 ? _signedInfo : null;

    /// <summary>Where the reader stands below the signature.</summary>
    private string Place() => string.Join('/', _open.Reverse().Skip(1));

    private static void RefuseXmlAttributes(XmlReader reader)
    {
        for (bool more = reader.MoveToFirstAttribute(); more; more = reader.MoveToNextAttribute())
        {
            if (reader.Prefix == "xml" || (reader.Prefix == "xmlns" && reader.LocalName == "xml"))
            {
                throw new XmlException("An attribute of xml: is not allowed.");
            }
        }

        reader.MoveToElement();
    }

    private byte[] FromBase64(string values)
    {
        string[] parts = values.Split('|');
        if (parts.Length > 1 + MostCertificates)
        {
            throw new XmlException("There are too many certificates.");
        }

        foreach (string part in parts.Skip(1))
        {
            _certificates.Add(new ByteString(Convert.FromBase64String(part)));
        }

        return Convert.FromBase64String(parts[0]);
    }
}
