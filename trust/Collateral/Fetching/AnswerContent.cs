using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.CollateralSupply.Fetching;

/// <summary>Looks whether a body is what was asked for, no more: DER is DER, JSON has its member, a manifest has the hash that stands beside it.</summary>
internal static class AnswerContent
{
    private const int LongestRim = 512 * 1024;
    private const int Successful = 0;
    private const int InternalError = 2;
    private const int TryLater = 3;

    public static (ByteString? Data, Refusal? Refusal, bool MayRetry) Read(CollateralRequest request, byte[] body) => request.Kind switch
    {
        CollateralKinds.Chain => Take(request, body, IsCertificates(Encoding.ASCII.GetString(body)), "certificates in PEM"),
        CollateralKinds.TcbInfo => ReadJson(request, body, "tcbInfo"),
        CollateralKinds.QeIdentity => ReadJson(request, body, "enclaveIdentity"),
        CollateralKinds.TcbNumbers => ReadJson(request, body, "tcbEvaluationDataNumbers"),
        CollateralKinds.DriverRim or CollateralKinds.VbiosRim => ReadRim(request, body),
        CollateralKinds.Ocsp => ReadOcsp(request, body),
        _ => Take(request, body, IsOneSequence(body), "DER"),
    };

    public static bool IsCertificates(string text) =>
        PemEncoding.TryFind(text, out PemFields fields) && text.AsSpan()[fields.Label] is "CERTIFICATE";

    private static (ByteString?, Refusal?, bool) ReadJson(CollateralRequest request, byte[] body, string member)
    {
        bool isJson = StrictJson.TryRead(body, $"answer of {request.Service}", CollateralItem.Longest, given => Signed(given, member), out _, out Refusal? refusal);
        return isJson ? (new ByteString(body), null, false) : (null, refusal, false);
    }

    private static StrictObject Signed(StrictObject given, string member)
    {
        given.IgnoreUnknown().Name("signature");
        return given.Child(member).IgnoreUnknown();
    }

    private static (ByteString?, Refusal?, bool) ReadRim(CollateralRequest request, byte[] body) =>
        StrictJson.TryRead(body, "answer of NvidiaRim", CollateralItem.Longest, given => Manifest(given, request.Id), out byte[]? manifest, out Refusal? refusal)
            ? (new ByteString(manifest), null, false) : (null, refusal, false);

    private static byte[] Manifest(StrictObject given, string id)
    {
        given.IgnoreUnknown();
        if (!string.Equals(given.Text("id", 256), id, StringComparison.OrdinalIgnoreCase))
        {
            given.Fail("id", "is not the id that was asked for");
        }

        byte[] manifest = given.Base64("rim", LongestRim);
        if (!ByteString.TryFromHex(given.Text("sha256", 64), SHA256.HashSizeInBytes, out ByteString? digest) || digest != ByteString.Sha256(manifest))
        {
            given.Fail("sha256", "is not the SHA-256 of 'rim'");
        }

        if (given.Has("rim_format") && given.Text("rim_format", 32) != "TCG")
        {
            given.Fail("rim_format", "must be 'TCG': manifests in CoRIM are not read", RefusalReason.Unsupported);
        }

        return manifest;
    }

    /// <summary>RFC 6960: the outermost status says whether there is an answer at all.</summary>
    private static (ByteString?, Refusal?, bool) ReadOcsp(CollateralRequest request, byte[] body)
    {
        int? status = OcspStatus(body);
        return status switch
        {
            Successful => (new ByteString(body), null, false),
            InternalError or TryLater => (null, new(RefusalReason.CollateralUnavailable, $"{request.Service} cannot answer now (OCSP status {status})."), true),
            null => (null, new(RefusalReason.Malformed, $"{request.Service} did not answer with an OCSP response in DER."), false),
            _ => (null, new(RefusalReason.CollateralUnavailable, $"{request.Service} refused the question (OCSP status {status})."), false),
        };
    }

    private static int? OcspStatus(byte[] body)
    {
        try
        {
            var whole = new AsnReader(body, AsnEncodingRules.DER);
            AsnReader response = whole.ReadSequence();
            whole.ThrowIfNotEmpty();
            ReadOnlySpan<byte> status = response.ReadEnumeratedBytes().Span;
            return status.Length == 1 ? status[0] : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static bool IsOneSequence(byte[] body)
    {
        try
        {
            var whole = new AsnReader(body, AsnEncodingRules.DER);
            whole.ReadSequence();
            return !whole.HasData;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static (ByteString?, Refusal?, bool) Take(CollateralRequest request, byte[] body, bool isRight, string expected) =>
        isRight ? (new ByteString(body), null, false) : (null, new(RefusalReason.Malformed, $"{request.Service} answered with something else than {expected}."), false);
}
