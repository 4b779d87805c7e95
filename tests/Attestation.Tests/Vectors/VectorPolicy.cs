using System.Text.Json;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Vectors;

/// <summary>A case's demands as a trust policy. A demand that is not known fails the test: it must not be passed over.</summary>
internal sealed class VectorPolicy
{
    private readonly SnpReport _report;

    public VectorPolicy(SnpReport report, JsonElement? given)
    {
        _report = report;
        Measurement = report.Measurement;
        ReportData = report.ReportData;
        foreach (JsonProperty demand in given?.EnumerateObject().ToArray() ?? [])
        {
            Read(demand);
        }
    }

    public bool AllowsDebug { get; private set; }

    public ByteString ReportData { get; private set; }

    private ByteString Measurement { get; set; }

    private SnpTcb? MinimumTcb { get; set; }

    private int[] Levels { get; set; } = [0, 1, 2, 3];

    private SnpGuestPolicy Guest { get; set; } = new() { SmtAllowed = true, SingleSocketRequired = false };

    public TrustPolicy ToTrustPolicy() => new()
    {
        Model = "recorded",
        Tenant = "recorded",
        PolicyVersion = 1,
        NotAfter = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Resources = [],
        ManifestDigests = [],
        MinimumModelVersion = 0,
        InitDataDigests = [_report.HostData],
        Snp = new SnpPolicy
        {
            Measurements = [Measurement],
            MinimumTcb = MinimumTcb is null ? Expect.Waived<IReadOnlyDictionary<SnpProduct, SnpTcb>>("the case makes no demand")
                : Expect.Required<IReadOnlyDictionary<SnpProduct, SnpTcb>>(Enum.GetValues<SnpProduct>().ToDictionary(product => product, _ => MinimumTcb)),
            Vmpl = Levels,
            Chips = Expect.Waived<IReadOnlyList<ByteString>>("the case makes no demand"),
            IdKeyDigests = Expect.Waived<IReadOnlyList<ByteString>>("the case makes no demand"),
            AuthorKeyDigests = Expect.Waived<IReadOnlyList<ByteString>>("the case makes no demand"),
            GuestPolicy = Expect.Required(Guest),
            Revocation = Expect.Waived<SnpRevocation>("the recorded lists have run out"),
            Development = true,
        },
    };

    private void Read(JsonProperty demand)
    {
        JsonElement value = demand.Value;
        switch (demand.Name)
        {
            case "allow_debug":
                AllowsDebug = value.GetBoolean();
                break;
            case "measurement":
                Measurement = ByteString.FromHex(value.GetString()!);
                break;
            case "report_data":
                ReportData = ByteString.FromHex(value.GetString()!);
                break;
            case "minimum_tcb":
                byte Part(string name) => value.TryGetProperty(name, out JsonElement part) ? part.GetByte() : (byte)0;
                MinimumTcb = new(Part("fmc"), Part("bootloader"), Part("tee"), Part("snp"), Part("microcode"));
                break;
            case "vmpl":
                Levels = [value.GetInt32()];
                break;
            case "allow_smt":
                Guest = Guest with { SmtAllowed = value.GetBoolean() };
                break;
            case "require_single_socket":
                Guest = Guest with { SingleSocketRequired = value.GetBoolean() };
                break;
            case "minimum_abi":
                string[] abi = value.GetString()!.Split('.');
                Guest = Guest with { MinimumAbiMajor = int.Parse(abi[0]), MinimumAbiMinor = int.Parse(abi[1]) };
                break;
            default:
                throw new InvalidOperationException($"The demand '{demand.Name}' is not known.");
        }
    }
}
