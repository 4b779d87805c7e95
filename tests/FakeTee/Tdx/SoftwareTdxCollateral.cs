using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.FakeTee.Tdx;

/// <summary>Collateral in Intel's forms, signed by a software hierarchy: what a test wants Intel to say.</summary>
public sealed record SoftwareTdxCollateral(SoftwareTdxPki Pki)
{
    private const string Zeros = "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>Gets when all of it was issued.</summary>
    public DateTimeOffset From { get; init; } = new(2026, 4, 20, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Gets until when all of it is valid.</summary>
    public DateTimeOffset Until { get; init; } = new(2026, 5, 20, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Gets a change of the TCB info before it is signed.</summary>
    public Action<JsonObject> TcbInfo { get; init; } = _ => { };

    /// <summary>Gets a change of the identity of the quoting enclave before it is signed.</summary>
    public Action<JsonObject> Identity { get; init; } = _ => { };

    /// <summary>Gets a change of a signed text: by its kind, <c>tcb-info</c> or <c>qe-identity</c>.</summary>
    public Func<string, string, string> Text { get; init; } = (_, text) => text;

    /// <summary>Gets a change of the whole.</summary>
    public Func<IReadOnlyList<Collateral>, IReadOnlyList<Collateral>> All { get; init; } = all => all;

    /// <summary>Gets the certificates that the root takes back.</summary>
    public IReadOnlyList<byte[]> RevokedByRoot { get; init; } = [];

    /// <summary>Gets the PCK certificates that the platform CA takes back.</summary>
    public IReadOnlyList<byte[]> RevokedByAuthority { get; init; } = [];

    /// <summary>Returns the pieces.</summary>
    public IReadOnlyList<Collateral> Make() => All(
    [
        new("tcb-info", Statement("tcb-info", "tcbInfo", MakeTcbInfo())),
        new("qe-identity", Statement("qe-identity", "enclaveIdentity", MakeIdentity())),
        new("tcb-signing", new ByteString(Pki.SignerDer)),
        new("root-list", new ByteString(Pki.MakeRootList(From, Until, [.. RevokedByRoot]))),
        new("pck-list", new ByteString(Pki.MakePckList(From, Until, [.. RevokedByAuthority]))),
    ]);

    /// <summary>Returns a level of a platform.</summary>
    /// <param name="status">Intel's word for it.</param>
    /// <param name="sgx">The first two SGX components.</param>
    /// <param name="tdx">The first three TDX components.</param>
    /// <param name="pceSvn">PCESVN.</param>
    public static JsonObject Level(string status, (int First, int Second) sgx, (int Minor, int Major, int Microcode) tdx, int pceSvn = 13) => new()
    {
        ["tcb"] = new JsonObject
        {
            ["sgxtcbcomponents"] = Components(sgx.First, sgx.Second, 2, 2, 4, 1, 0, 5),
            ["pcesvn"] = pceSvn,
            ["tdxtcbcomponents"] = Components(tdx.Minor, tdx.Major, tdx.Microcode),
        },
        ["tcbDate"] = "2024-11-13T00:00:00Z",
        ["tcbStatus"] = status,
    };

    /// <summary>Returns a level of a module or an enclave.</summary>
    public static JsonObject SvnLevel(string status, int svn) => new()
    {
        ["tcb"] = new JsonObject { ["isvsvn"] = svn },
        ["tcbDate"] = "2024-03-13T00:00:00Z",
        ["tcbStatus"] = status,
    };

    /// <summary>Returns what a TDX module must be.</summary>
    public static JsonObject Module(string id, params IReadOnlyList<JsonObject> levels) => new()
    {
        ["id"] = id,
        ["mrsigner"] = Zeros,
        ["attributes"] = "0000000000000000",
        ["attributesMask"] = "FFFFFFFFFFFFFFFF",
        ["tcbLevels"] = new JsonArray([.. levels]),
    };

    private static JsonArray Components(params ReadOnlySpan<int> versions)
    {
        var components = new JsonArray();
        for (int at = 0; at < 16; at++)
        {
            components.Add((JsonNode)new JsonObject { ["svn"] = at < versions.Length ? versions[at] : 0 });
        }

        return components;
    }

    private JsonObject MakeTcbInfo()
    {
        var info = new JsonObject
        {
            ["id"] = "TDX",
            ["version"] = 3,
            ["issueDate"] = Time(From),
            ["nextUpdate"] = Time(Until),
            ["fmspc"] = "90c06f000000",
            ["pceId"] = "0000",
            ["tcbType"] = 0,
            ["tcbEvaluationDataNumber"] = 18,
            ["tdxModule"] = new JsonObject { ["mrsigner"] = Zeros, ["attributes"] = "0000000000000000", ["attributesMask"] = "FFFFFFFFFFFFFFFF" },
            ["tdxModuleIdentities"] = new JsonArray(Module("TDX_01", SvnLevel("UpToDate", 6), SvnLevel("OutOfDate", 2)), Module("TDX_03", SvnLevel("UpToDate", 3))),
            ["tcbLevels"] = new JsonArray(Level("UpToDate", (3, 3), (5, 0, 3)), Level("OutOfDate", (2, 2), (5, 0, 2), 5)),
        };
        TcbInfo(info);
        return info;
    }

    private JsonObject MakeIdentity()
    {
        var identity = new JsonObject
        {
            ["id"] = "TD_QE",
            ["version"] = 2,
            ["issueDate"] = Time(From),
            ["nextUpdate"] = Time(Until),
            ["tcbEvaluationDataNumber"] = 18,
            ["miscselect"] = "00000000",
            ["miscselectMask"] = "FFFFFFFF",
            ["attributes"] = "11000000000000000000000000000000",
            ["attributesMask"] = "FBFFFFFFFFFFFFFF0000000000000000",
            ["mrsigner"] = "DC9E2A7C6F948F17474E34A7FC43ED030F7C1563F1BABDDF6340C82E0E54A8C5",
            ["isvprodid"] = 2,
            ["tcbLevels"] = new JsonArray(SvnLevel("UpToDate", 4), SvnLevel("OutOfDate", 2)),
        };
        Identity(identity);
        return identity;
    }

    private ByteString Statement(string kind, string name, JsonObject content)
    {
        string text = content.ToJsonString();
        string signature = Convert.ToHexStringLower(Pki.SignStatement(Encoding.UTF8.GetBytes(text)));
        return new ByteString(Encoding.UTF8.GetBytes(Text(kind, $"{{\"{name}\":{text},\"signature\":\"{signature}\"}}")));
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
}
