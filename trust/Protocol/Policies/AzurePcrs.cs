using System.Globalization;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>
/// Demands on the PCRs of a virtual TPM, SHA-256 bank: each of the 24 is demanded or waived with a reason. A document may say <c>others</c> once for those that
/// it does not name.
/// </summary>
public static class AzurePcrs
{
    private const string Others = "others";

    /// <summary>Returns demands in which all PCRs but these are waived.</summary>
    /// <param name="demanded">The accepted values per PCR.</param>
    /// <param name="othersWaivedBecause">Why the others are not checked.</param>
    public static IReadOnlyDictionary<int, Expectation<IReadOnlyList<ByteString>>> Of(IReadOnlyDictionary<int, IReadOnlyList<ByteString>> demanded, string othersWaivedBecause)
    {
        ArgumentNullException.ThrowIfNull(demanded);
        return Enumerable.Range(0, AzureEvidence.PcrCount).ToDictionary(index => index, index => demanded.TryGetValue(index, out IReadOnlyList<ByteString>? values)
            ? Expect.AnyOf(values) : Expect.Waived<IReadOnlyList<ByteString>>(othersWaivedBecause));
    }

    internal static IReadOnlyDictionary<int, Expectation<IReadOnlyList<ByteString>>> Read(StrictObject given)
    {
        Expectation<IReadOnlyList<ByteString>>? others = null;
        if (given.Has(Others))
        {
            others = ExpectationJson.Read<IReadOnlyList<ByteString>>(given, Others, rule =>
            {
                rule.Fail("", "can only be waived");
                return [];
            });
        }

        var pcrs = new Dictionary<int, Expectation<IReadOnlyList<ByteString>>>();
        for (int index = 0; index < AzureEvidence.PcrCount; index++)
        {
            string name = index.ToString(CultureInfo.InvariantCulture);
            pcrs[index] = others is null || given.Has(name)
                ? ExpectationJson.Read(given, name, rule => ExpectationJson.ReadAnyOf(rule, AzureEvidence.PcrSize)) : others;
        }

        return pcrs;
    }

    internal static JsonObject Write(IReadOnlyDictionary<int, Expectation<IReadOnlyList<ByteString>>> pcrs)
    {
        var written = new JsonObject();
        foreach ((int index, Expectation<IReadOnlyList<ByteString>> pcr) in pcrs)
        {
            written[index.ToString(CultureInfo.InvariantCulture)] = ExpectationJson.Write(pcr, ExpectationJson.WriteAnyOf);
        }

        return written;
    }

    internal static IEnumerable<Waiver?> Waivers(string tee, IReadOnlyDictionary<int, Expectation<IReadOnlyList<ByteString>>> pcrs) =>
        pcrs.OrderBy(entry => entry.Key).Select(entry => ExpectationJson.WaiverOf($"{tee}.pcrs.{entry.Key}", entry.Value));
}
