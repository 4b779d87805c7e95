using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>The rules for TDX as JSON.</summary>
internal static class TdxPolicyJson
{
    private const int MostEntries = 4096;
    private const int MeasurementSize = 48;
    private const int XfamSize = 8;
    private const int InstanceSize = 16;
    private const int LongestAdvisory = 32;

    public static TdxPolicy Read(StrictObject given) => new()
    {
        MrTd = ReadMrTd(given),
        Rtmr = [.. Enumerable.Range(0, TdxPolicy.Registers).Select(register => ReadAnyOf(given, $"rtmr{register}", MeasurementSize))],
        MrSeam = ReadAnyOf(given, "mrSeam", MeasurementSize),
        MrOwner = ReadAnyOf(given, "mrOwner", MeasurementSize),
        MrOwnerConfig = ReadAnyOf(given, "mrOwnerConfig", MeasurementSize),
        MrServiceTd = ReadAnyOf(given, "mrServiceTd", MeasurementSize),
        Attributes = ExpectationJson.Read(given, "attributes", ReadAttributes),
        Xfam = ReadAnyOf(given, "xfam", XfamSize),
        TcbStatuses = ReadStatuses(given),
        Advisories = ExpectationJson.Read<IReadOnlyList<string>>(given, "advisories", rule => rule.Texts("accepted", MostEntries, LongestAdvisory)),
        MinimumTcbEvaluationDataNumber = ExpectationJson.Read(given, "minimumTcbEvaluationDataNumber", rule => new TdxLimit(rule.Number("atLeast", 1, TdxLimit.GreatestEvaluation))),
        CollateralAge = ExpectationJson.Read(given, "collateralAge", rule => new TdxLimit(rule.Number("seconds", 1, TdxLimit.GreatestAge))),
        PlatformInstances = ReadAnyOf(given, "platformInstances", InstanceSize),
        EventLog = ExpectationJson.Read(given, "eventLog", ReadEventLog),
        Development = given.Flag("development"),
    };

    public static JsonObject Write(TdxPolicy policy)
    {
        var written = new JsonObject { ["mrTd"] = TrustPolicyJson.Texts(policy.MrTd.Select(value => value.ToString())) };
        for (int register = 0; register < policy.Rtmr.Count; register++)
        {
            written[$"rtmr{register}"] = ExpectationJson.Write(policy.Rtmr[register], ExpectationJson.WriteAnyOf);
        }

        written["mrSeam"] = ExpectationJson.Write(policy.MrSeam, ExpectationJson.WriteAnyOf);
        written["mrOwner"] = ExpectationJson.Write(policy.MrOwner, ExpectationJson.WriteAnyOf);
        written["mrOwnerConfig"] = ExpectationJson.Write(policy.MrOwnerConfig, ExpectationJson.WriteAnyOf);
        written["mrServiceTd"] = ExpectationJson.Write(policy.MrServiceTd, ExpectationJson.WriteAnyOf);
        written["attributes"] = ExpectationJson.Write(policy.Attributes, WriteAttributes);
        written["xfam"] = ExpectationJson.Write(policy.Xfam, ExpectationJson.WriteAnyOf);
        written["tcbStatuses"] = TrustPolicyJson.Texts(policy.TcbStatuses.Select(status => status.ToString()));
        written["advisories"] = ExpectationJson.Write(policy.Advisories, accepted => new JsonObject { ["accepted"] = TrustPolicyJson.Texts(accepted) });
        written["minimumTcbEvaluationDataNumber"] = ExpectationJson.Write(policy.MinimumTcbEvaluationDataNumber, least => new JsonObject { ["atLeast"] = least.Value });
        written["collateralAge"] = ExpectationJson.Write(policy.CollateralAge, most => new JsonObject { ["seconds"] = most.Value });
        written["platformInstances"] = ExpectationJson.Write(policy.PlatformInstances, ExpectationJson.WriteAnyOf);
        written["eventLog"] = ExpectationJson.Write(policy.EventLog, _ => new JsonObject { ["required"] = true });
        written["development"] = policy.Development;
        return written;
    }

    private static IReadOnlyList<ByteString> ReadMrTd(StrictObject given)
    {
        IReadOnlyList<ByteString> values = given.HexTexts("mrTd", MostEntries, MeasurementSize);
        if (values.Count == 0)
        {
            given.Fail("mrTd", "needs at least one value: it is the measurement of the launch");
        }

        return values;
    }

    private static Expectation<IReadOnlyList<ByteString>> ReadAnyOf(StrictObject given, string name, int size) =>
        ExpectationJson.Read(given, name, rule => ExpectationJson.ReadAnyOf(rule, size));

    private static TdxTcbStatus[] ReadStatuses(StrictObject given)
    {
        var statuses = new List<TdxTcbStatus>();
        foreach (string text in given.Texts("tcbStatuses", MostEntries))
        {
            if (Enum.TryParse(text, out TdxTcbStatus status) && status.ToString() == text && status != TdxTcbStatus.Revoked)
            {
                statuses.Add(status);
            }
            else
            {
                given.Fail($"tcbStatuses[{statuses.Count}]", "must be one of Intel's words, such as UpToDate, and cannot be Revoked");
            }
        }

        if (statuses.Count == 0)
        {
            given.Fail("tcbStatuses", "needs at least one value");
        }

        return [.. statuses];
    }

    private static TdxAttributesPolicy ReadAttributes(StrictObject rule) => new()
    {
        SeptVeDisableRequired = rule.Flag("septVeDisableRequired"),
        MigratableAllowed = rule.Flag("migratableAllowed"),
        PerfmonAllowed = rule.Flag("perfmonAllowed"),
        KeyLockerAllowed = rule.Flag("keyLockerAllowed"),
        PksAllowed = rule.Flag("pksAllowed"),
    };

    private static JsonObject WriteAttributes(TdxAttributesPolicy attributes) => new()
    {
        ["septVeDisableRequired"] = attributes.SeptVeDisableRequired,
        ["migratableAllowed"] = attributes.MigratableAllowed,
        ["perfmonAllowed"] = attributes.PerfmonAllowed,
        ["keyLockerAllowed"] = attributes.KeyLockerAllowed,
        ["pksAllowed"] = attributes.PksAllowed,
    };

    private static TdxEventLog ReadEventLog(StrictObject rule)
    {
        if (!rule.Flag("required"))
        {
            rule.Fail("required", "must be true; a log that is not required is waived with a reason");
        }

        return TdxEventLog.Required;
    }
}
