using ConfidentialOperator.Attestation.Nvidia.Rim;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Nvidia;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Nvidia;

/// <summary>The steps from a document with reference values to NVIDIA's word.</summary>
internal sealed class RimStepsSuite : IRuleSuite
{
    private const string Canonical = "http://www.w3.org/2006/12/xml-c14n11";
    private const string Payload = "<Payload>";

    private static readonly SoftwareRimSigner s_stranger = SoftwareNvidiaPki.Create().MakeRimSigner();
    private static readonly SoftwareRimSigner s_expired = NvidiaScene.Pki.MakeRimSigner(NvidiaScene.Noon.AddSeconds(-1));

    public IRuleList List => RimSteps.All;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("everything holds", null, RefusalReason.None, new Given()),
        new("the last second of the signer", null, RefusalReason.None, new Given { Signer = NvidiaScene.Pki.MakeRimSigner(NvidiaScene.Noon) }),
        new("an expired signer that the owner accepts", null, RefusalReason.None, new Given { Signer = s_expired, AllowsExpired = true }),
        new("comments are not signed and not read", null, RefusalReason.None, new Given { Signed = xml => xml.Replace(Payload, "<!-- -->" + Payload, StringComparison.Ordinal) }),
        new("an XML declaration and a mark of order", null, RefusalReason.None, new Given { Signed = xml => "\uFEFF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + xml }),
        new("Canonical XML 1.0", null, RefusalReason.None,
            new Given { SignedInfo = info => info.Replace(Canonical, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", StringComparison.Ordinal) }),
        new("written in another way", null, RefusalReason.None, new Given { Signed = xml => xml.Replace("></Resource>", "\t/>", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal) }),
        new("none", "rim-format", RefusalReason.ReferenceValuesInvalid, null),
        new("a document type", "rim-format", RefusalReason.ReferenceValuesInvalid, new Given { Signed = xml => "<!DOCTYPE x [<!ENTITY a \"b\">]>" + xml }),
        new("a processing instruction", "rim-format", RefusalReason.ReferenceValuesInvalid, new Given { Signed = xml => xml.Replace(Payload, "<?x y?>" + Payload, StringComparison.Ordinal) }),
        new("an attribute of xml:", "rim-format", RefusalReason.ReferenceValuesInvalid, new Given { Signed = xml => xml.Replace(Payload, "<Payload xml:lang=\"en\">", StringComparison.Ordinal) }),
        new("no end", "rim-format", RefusalReason.ReferenceValuesInvalid, new Given { Signed = xml => xml[..^1] }),
        new("no signature", "rim-signature", RefusalReason.SignatureInvalid, new Given { Signed = Unsigned }),
        new("two signatures", "rim-signature", RefusalReason.SignatureInvalid, new Given { Signed = xml => xml.Replace("</SoftwareIdentity>", Signature(xml) + "</SoftwareIdentity>", StringComparison.Ordinal) }),
        new("wrapped", "rim-signature", RefusalReason.SignatureInvalid, new Given { Signed = Wrap }),
        new("an altered value", "rim-signature", RefusalReason.SignatureInvalid, new Given { Signed = xml => xml.Replace("active=\"True\"", "active=\"False\"", StringComparison.Ordinal) }),
        new("an altered digest", "rim-signature", RefusalReason.SignatureInvalid, new Given { Signed = xml => xml.Replace("<ds:DigestValue>", "<ds:DigestValue>A", StringComparison.Ordinal) }),
        new("a part is signed", "rim-signature", RefusalReason.SignatureInvalid, new Given { SignedInfo = info => info.Replace("URI=\"\"", "URI=\"#a\"", StringComparison.Ordinal) }),
        new("two references", "rim-signature", RefusalReason.SignatureInvalid, new Given { SignedInfo = TwoReferences }),
        new("another digest algorithm", "rim-signature", RefusalReason.SignatureInvalid, new Given { SignedInfo = info => info.Replace("xmldsig-more#sha384", "xmlenc#sha512", StringComparison.Ordinal) }),
        new("the key of another", "rim-signature", RefusalReason.SignatureInvalid, new Given { Signed = xml => xml.Replace(First(NvidiaScene.Signer), First(s_expired), StringComparison.Ordinal) }),
        new("another hierarchy of the same names", "rim-chain", RefusalReason.ChainUntrusted, new Given { Signer = s_stranger }),
        new("a development root for a device of NVIDIA", "rim-development-root", RefusalReason.DevelopmentRootNotAccepted, new Given { IsForDevelopment = false }),
        new("the signer has run out", "rim-certificate-time", RefusalReason.CertificateExpired, new Given { Signer = s_expired }),
        new("an index twice", "rim-content", RefusalReason.ReferenceValuesInvalid, new Given { Content = xml => xml.Replace("index=\"1\"", "index=\"0\"", StringComparison.Ordinal) }),
        new("two payloads", "rim-content", RefusalReason.ReferenceValuesInvalid, new Given { Content = xml => xml.Replace(Payload, "<Payload></Payload>" + Payload, StringComparison.Ordinal) }),
        new("fewer values than stated", "rim-content", RefusalReason.ReferenceValuesInvalid, new Given { Content = xml => xml.Replace("alternatives=\"2\"", "alternatives=\"3\"", StringComparison.Ordinal) }),
        new("another kind of document", "rim-content", RefusalReason.ReferenceValuesInvalid, new Given { Content = xml => xml.Replace("2015/schema.xsd", "2016/schema.xsd", StringComparison.Ordinal), Namespace = "2016/schema.xsd" }),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without)
    {
        var scene = (Given?)given.Scene;
        RimDocument? document = scene is null ? null : RimDocument.Read(scene.Sign(), NvidiaScene.Roots);
        return (without is null ? RimSteps.All : RimSteps.All.Without(without)).Apply(new RimAttempt("driver", document, scene?.AllowsExpired ?? false, NvidiaScene.Noon) { IsForDevelopment = scene?.IsForDevelopment ?? true });
    }

    private static string First(SoftwareRimSigner signer) => Convert.ToBase64String(signer.Chain[0].Certificate.RawData);

    private static string Signature(string xml) => xml[xml.IndexOf("<ds:Signature ", StringComparison.Ordinal)..(xml.IndexOf("</ds:Signature>", StringComparison.Ordinal) + 15)];

    private static string Unsigned(string xml) => xml.Replace(Signature(xml), "", StringComparison.Ordinal);

    /// <summary>The signed document becomes a child of another that has the same form.</summary>
    private static string Wrap(string xml)
    {
        string outer = Unsigned(xml);
        return outer.Replace("</SoftwareIdentity>", xml + "</SoftwareIdentity>", StringComparison.Ordinal);
    }

    private static string TwoReferences(string info)
    {
        int from = info.IndexOf("<ds:Reference", StringComparison.Ordinal);
        int end = info.IndexOf("</ds:SignedInfo>", StringComparison.Ordinal);
        return info[..end] + info[from..end] + info[end..];
    }

    private sealed record Given
    {
        public SoftwareRimSigner Signer { get; init; } = NvidiaScene.Signer;

        public bool AllowsExpired { get; init; }

        public bool IsForDevelopment { get; init; } = true;

        public Func<string, string> Content { get; init; } = xml => xml;

        public Func<string, string>? SignedInfo { get; init; }

        public Func<string, string>? Signed { get; init; }

        public string? Namespace { get; init; }

        public ByteString Sign() => Signer.Sign(NvidiaScene.DriverRim with { Change = Content }, SignedInfo, Signed, Namespace);
    }
}
