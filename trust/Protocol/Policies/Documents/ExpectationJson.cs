using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>A rule that may be waived as JSON: an object with its demand, or with the one member <c>waived</c> that says why.</summary>
internal static class ExpectationJson
{
    private const int MostEntries = 4096;
    private const int LongestReason = 512;

    public static Expectation<T> Read<T>(StrictObject given, string name, Func<StrictObject, T> read)
        where T : class
    {
        StrictObject rule = given.Child(name);
        if (!rule.Has("waived"))
        {
            return Expect.Required(read(rule));
        }

        string reason = rule.Text("waived", LongestReason);
        if (string.IsNullOrWhiteSpace(reason))
        {
            rule.Fail("waived", "must say why");
            reason = "?";
        }

        return Expect.Waived<T>(reason);
    }

    /// <summary>Reads <c>anyOf</c>: digests of one length in lower-case hex, at least one.</summary>
    public static IReadOnlyList<ByteString> ReadAnyOf(StrictObject rule, int length)
    {
        IReadOnlyList<ByteString> digests = rule.HexTexts("anyOf", MostEntries, length);
        if (digests.Count == 0)
        {
            rule.Fail("anyOf", "needs at least one value");
        }

        return digests;
    }

    public static JsonObject Write<T>(Expectation<T> rule, Func<T, JsonObject> write)
        where T : class => rule.IsWaived ? new JsonObject { ["waived"] = rule.WaivedBecause } : write(rule.Value);

    public static JsonObject WriteAnyOf(IReadOnlyList<ByteString> digests) =>
        new() { ["anyOf"] = TrustPolicyJson.Texts(digests.Select(digest => digest.ToString())) };

    public static Waiver? WaiverOf<T>(string check, Expectation<T> expectation)
        where T : class => expectation.WaivedBecause is { } reason ? new Waiver(check, reason) : null;
}
