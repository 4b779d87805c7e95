using System.Globalization;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>The rules for Nitro Enclaves as JSON.</summary>
internal static class NitroPolicyJson
{
    private const int PcrSize = 48;

    public static NitroPolicy Read(StrictObject given) => new()
    {
        Pcrs = ReadPcrs(given.Child("pcrs")),
        MaximumAge = ExpectationJson.Read(given, "maximumAge", rule => new NitroAge((int)rule.Number("seconds", 1, NitroAge.Greatest))),
        InitData = ExpectationJson.Read(given, "initData", rule => new NitroInitData((int)rule.Number("pcr", NitroInitData.FirstPcr, NitroPolicy.LastPcr))),
        Development = given.Flag("development"),
    };

    public static JsonObject Write(NitroPolicy policy)
    {
        var pcrs = new JsonObject();
        foreach ((int index, Expectation<IReadOnlyList<ByteString>> pcr) in policy.Pcrs)
        {
            pcrs[index.ToString(CultureInfo.InvariantCulture)] = ExpectationJson.Write(pcr, ExpectationJson.WriteAnyOf);
        }

        return new JsonObject
        {
            ["pcrs"] = pcrs,
            ["maximumAge"] = ExpectationJson.Write(policy.MaximumAge, age => new JsonObject { ["seconds"] = age.Seconds }),
            ["initData"] = ExpectationJson.Write(policy.InitData, initData => new JsonObject { ["pcr"] = initData.Pcr }),
            ["development"] = policy.Development,
        };
    }

    private static Dictionary<int, Expectation<IReadOnlyList<ByteString>>> ReadPcrs(StrictObject given)
    {
        var pcrs = new Dictionary<int, Expectation<IReadOnlyList<ByteString>>>();
        for (int index = 0; index <= NitroPolicy.LastPcr; index++)
        {
            string name = index.ToString(CultureInfo.InvariantCulture);
            if (index <= NitroPolicy.LastNamedPcr || given.Has(name))
            {
                pcrs[index] = ExpectationJson.Read(given, name, rule => ExpectationJson.ReadAnyOf(rule, PcrSize));
            }
        }

        if (pcrs[0].IsWaived)
        {
            given.Fail("0", "cannot be waived: it is the measurement of the image");
        }

        return pcrs;
    }
}
