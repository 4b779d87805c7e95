using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>Evidence of one GPU or NVSwitch: an SPDM report and the device's certificates.</summary>
/// <param name="Architecture">What whoever gave the evidence says that it is; the certificates decide.</param>
/// <param name="Report">The request for measurements and the response to it.</param>
/// <param name="Certificates">The device's chain in PEM, leaf first.</param>
public sealed record NvidiaDeviceEvidence(NvidiaArchitecture Architecture, ByteString Report, ByteString Certificates)
{
    /// <summary>The most bytes of a list.</summary>
    public const int LongestDocument = 1024 * 1024;

    /// <summary>The most devices of a list.</summary>
    public const int MostDevices = 32;

    private const string ListName = "device_evidence_list";
    private const int LongestReport = 64 * 1024;
    private const int LongestCertificates = 32 * 1024;

    /// <summary>Reads the object of Confidential Containers, whose one member is the list.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out IReadOnlyList<NvidiaDeviceEvidence>? devices, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "evidence of devices", LongestDocument, given => given.Objects(ListName, MostDevices, Read), out devices, out refusal);

    /// <summary>Reads the list alone, as the attestation document carries it: <c>[]</c> when there are no devices.</summary>
    public static bool TryParseList(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out IReadOnlyList<NvidiaDeviceEvidence>? devices, [NotNullWhen(false)] out Refusal? refusal)
    {
        if (utf8.Length > LongestDocument)
        {
            devices = null;
            refusal = new(RefusalReason.TooLarge, $"The evidence of devices has {utf8.Length} bytes; the limit is {LongestDocument}.");
            return false;
        }

        // One reader for both forms: the list becomes the only member of an object, and text that would end the list early is an unknown member or no JSON.
        return TryParse((byte[])[.. "{\"device_evidence_list\":"u8, .. utf8, (byte)'}'], out devices, out refusal);
    }

    /// <summary>Returns the list as JSON.</summary>
    public static byte[] ToJsonList(IEnumerable<NvidiaDeviceEvidence> devices) =>
        CanonicalJson.Serialize(new JsonArray([.. (devices ?? throw new ArgumentNullException(nameof(devices))).Select(device => (JsonNode)device.Write())]));

    private JsonObject Write() => new()
    {
        ["arch"] = Architecture.ToWire(),
        ["uuid"] = "unknown",
        ["evidence"] = Convert.ToBase64String(Report.Span),
        ["certificate"] = Convert.ToBase64String(Certificates.Span),
    };

    private static NvidiaDeviceEvidence Read(StrictObject given)
    {
        given.IgnoreUnknown();
        NvidiaArchitecture architecture = NvidiaNames.Parse(given.Text("arch", 32));
        if (architecture == NvidiaArchitecture.Unknown)
        {
            given.Fail("arch", "must be HOPPER, BLACKWELL or LS10", RefusalReason.Unsupported);
        }

        return new NvidiaDeviceEvidence(architecture, ReadReport(given), new ByteString(given.Base64("certificate", LongestCertificates)));
    }

    /// <summary>Older guests write hex. A report begins with 0x11, which is no text of Base64 with that length, so the two cannot be taken for each other.</summary>
    private static ByteString ReadReport(StrictObject given)
    {
        string text = given.Text("evidence", 2 * LongestReport);
        return text.StartsWith("11e0", StringComparison.OrdinalIgnoreCase) && ByteString.TryFromHex(text, out ByteString? report)
            ? report : new ByteString(given.Base64("evidence", LongestReport));
    }
}
