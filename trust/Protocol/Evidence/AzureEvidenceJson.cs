using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>The JSON of Azure evidence, in its three versions.</summary>
internal static class AzureEvidenceJson
{
    private const int LongestReport = 64 * 1024;
    private const int LongestQuote = 1024;
    private const int LongestSignature = 1024;
    private const int LongestEndorsement = 32 * 1024;
    private const int NewestVersion = 2;
    private const string Quote = "tpm_quote";
    private const string HclReport = "hcl_report";

    public static AzureEvidence Read(TeeKind tee, StrictObject given)
    {
        given.IgnoreUnknown();
        return given.Has("version") ? ReadNumbered(tee, given) : ReadFirst(tee, given);
    }

    public static JsonObject Write(AzureEvidence evidence) => new()
    {
        ["version"] = NewestVersion,
        [Quote] = new JsonObject
        {
            ["signature"] = evidence.QuoteSignature.ToString(),
            ["message"] = evidence.QuoteMessage.ToString(),
            ["pcrs"] = new JsonArray([.. evidence.Pcrs.Select(pcr => (JsonNode)pcr.ToString())]),
        },
        [HclReport] = Padded(evidence.HclReport),
        [Endorsement(evidence.Tee)] = Padded(evidence.Endorsement),
    };

    private static string Endorsement(TeeKind tee) => tee == TeeKind.AzureSnp ? "vcek" : "td_quote";

    private static AzureEvidence ReadNumbered(TeeKind tee, StrictObject given)
    {
        given.Number("version", 1, NewestVersion);
        StrictObject quote = given.Child(Quote).IgnoreUnknown();
        return new AzureEvidence
        {
            Tee = tee,
            HclReport = Base64(given, HclReport, LongestReport),
            QuoteMessage = Hex(quote, "message", LongestQuote),
            QuoteSignature = Hex(quote, "signature", LongestSignature),
            Pcrs = CheckCount(quote, quote.HexTexts("pcrs", AzureEvidence.PcrCount, AzureEvidence.PcrSize)),
            Endorsement = Base64(given, Endorsement(tee), LongestEndorsement),
        };
    }

    /// <summary>The first form has lists of numbers, and names of its own for SEV-SNP.</summary>
    private static AzureEvidence ReadFirst(TeeKind tee, StrictObject given)
    {
        bool isSnp = tee == TeeKind.AzureSnp;
        StrictObject quote = given.Child(isSnp ? "quote" : Quote).IgnoreUnknown();
        return new AzureEvidence
        {
            Tee = tee,
            HclReport = Numbers(given, isSnp ? "report" : HclReport, LongestReport),
            QuoteMessage = Numbers(quote, "message", LongestQuote),
            QuoteSignature = Numbers(quote, "signature", LongestSignature),
            Pcrs = CheckCount(quote, PcrNumbers(quote)),
            Endorsement = isSnp ? new ByteString(Encoding.UTF8.GetBytes(given.Text("vcek", LongestEndorsement))) : Numbers(given, "td_quote", LongestEndorsement),
        };
    }

    private static IReadOnlyList<ByteString> CheckCount(StrictObject quote, IReadOnlyList<ByteString> pcrs)
    {
        if (pcrs.Count != AzureEvidence.PcrCount)
        {
            quote.Fail("pcrs", $"must have {AzureEvidence.PcrCount} entries");
        }

        return pcrs;
    }

    private static List<ByteString> PcrNumbers(StrictObject quote)
    {
        JsonElement list = quote.Any("pcrs");
        var pcrs = new List<ByteString>();
        foreach (JsonElement pcr in list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Take(AzureEvidence.PcrCount + 1) : [])
        {
            byte[] bytes = new byte[AzureEvidence.PcrSize];
            int read = 0;
            foreach (JsonElement number in pcr.ValueKind == JsonValueKind.Array && pcr.GetArrayLength() == bytes.Length ? pcr.EnumerateArray() : default)
            {
                read += number.ValueKind == JsonValueKind.Number && number.TryGetByte(out bytes[read]) ? 1 : 0;
            }

            if (read != bytes.Length)
            {
                quote.Fail($"pcrs[{pcrs.Count}]", $"must be {bytes.Length} whole numbers from 0 to {byte.MaxValue}");
            }

            pcrs.Add(new ByteString(bytes));
        }

        return pcrs;
    }

    private static ByteString Numbers(StrictObject given, string name, int most) => new(given.ByteNumbers(name, most));

    private static ByteString Hex(StrictObject given, string name, int longest)
    {
        string text = given.Text(name, 2 * longest);
        return given.Hex(name, Math.Max(1, text.Length / 2));
    }

    /// <summary>URL-safe Base64 with its padding, or without.</summary>
    private static ByteString Base64(StrictObject given, string name, int longest)
    {
        string text = given.Text(name, (longest + 2) / 3 * 4);
        ReadOnlySpan<char> trimmed = text.AsSpan().TrimEnd('=');
        byte[] bytes = new byte[(text.Length / 4 * 3) + 3];
        bool isPadded = trimmed.Length == text.Length || (text.Length % 4 == 0 && text.Length - trimmed.Length <= 2);
        if (!isPadded || !Base64UrlText.TryDecode(trimmed, bytes, out int written))
        {
            given.Fail(name, "must be URL-safe Base64");
            return ByteString.Empty;
        }

        return new ByteString(bytes.AsSpan(0, written));
    }

    private static string Padded(ByteString bytes)
    {
        string text = Base64Url.EncodeToString(bytes.Span);
        return text.PadRight((text.Length + 3) / 4 * 4, '=');
    }
}
