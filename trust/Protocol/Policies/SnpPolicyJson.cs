using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>The rules for SEV-SNP as JSON. Each rule that may be waived is an object: with its demand, or with the one member <c>waived</c>.</summary>
internal static class SnpPolicyJson
{
    private const int MostEntries = 4096;
    private const int LongestReason = 512;

    public static SnpPolicy Read(StrictObject given)
    {
        IReadOnlyList<ByteString> measurements = given.HexTexts("measurements", MostEntries, 48);
        IReadOnlyList<long> levels = given.Numbers("vmpl", 4, 0, 3);
        if (measurements.Count == 0 || levels.Count == 0)
        {
            given.Fail("", "needs at least one measurement and one privilege level");
        }

        return new SnpPolicy
        {
            Measurements = measurements,
            MinimumTcb = ReadRule(given, "minimumTcb", ReadTcbs),
            Vmpl = [.. levels.Select(level => (int)level)],
            Chips = ReadRule(given, "chips", rule => rule.HexTexts("anyOf", MostEntries, 64)),
            IdKeyDigests = ReadRule(given, "idKeyDigests", rule => rule.HexTexts("anyOf", MostEntries, 48)),
            AuthorKeyDigests = ReadRule(given, "authorKeyDigests", rule => rule.HexTexts("anyOf", MostEntries, 48)),
            GuestPolicy = ReadRule(given, "guestPolicy", ReadGuestPolicy),
            Revocation = ReadRule(given, "revocation", ReadRevocation),
            Development = given.Flag("development"),
        };
    }

    public static JsonObject Write(SnpPolicy policy) => new()
    {
        ["measurements"] = Digests(policy.Measurements),
        ["minimumTcb"] = WriteRule(policy.MinimumTcb, WriteTcbs),
        ["vmpl"] = new JsonArray([.. policy.Vmpl.Select(level => (JsonNode)level)]),
        ["chips"] = WriteRule(policy.Chips, WriteAnyOf),
        ["idKeyDigests"] = WriteRule(policy.IdKeyDigests, WriteAnyOf),
        ["authorKeyDigests"] = WriteRule(policy.AuthorKeyDigests, WriteAnyOf),
        ["guestPolicy"] = WriteRule(policy.GuestPolicy, WriteGuestPolicy),
        ["revocation"] = WriteRule(policy.Revocation, _ => new JsonObject { ["listRequired"] = true }),
        ["development"] = policy.Development,
    };

    private static Expectation<T> ReadRule<T>(StrictObject given, string name, Func<StrictObject, T> read)
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

    private static IReadOnlyDictionary<SnpProduct, SnpTcb> ReadTcbs(StrictObject rule)
    {
        var minimum = new Dictionary<SnpProduct, SnpTcb>();
        foreach (SnpProduct product in Enum.GetValues<SnpProduct>().Where(product => rule.Has(product.ToString())))
        {
            StrictObject tcb = rule.Child(product.ToString());
            minimum[product] = new SnpTcb(
                product == SnpProduct.Turin ? Version(tcb, "fmc") : (byte)0,
                Version(tcb, "bootloader"), Version(tcb, "tee"), Version(tcb, "snp"), Version(tcb, "microcode"));
        }

        if (minimum.Count == 0)
        {
            rule.Fail("", "names no product");
        }

        return minimum;
    }

    private static byte Version(StrictObject tcb, string name) => (byte)tcb.Number(name, 0, byte.MaxValue);

    private static SnpGuestPolicy ReadGuestPolicy(StrictObject rule)
    {
        string[] abi = rule.Has("minimumAbi") ? rule.Text("minimumAbi", 7).Split('.') : ["0", "0"];
        byte minor = 0;
        if (abi.Length != 2 || !byte.TryParse(abi[0], out byte major) || !byte.TryParse(abi[1], out minor))
        {
            rule.Fail("minimumAbi", "must be two numbers with a point");
            major = 0;
        }

        return new SnpGuestPolicy
        {
            SmtAllowed = rule.Flag("smtAllowed"),
            SingleSocketRequired = rule.Flag("singleSocketRequired"),
            MinimumAbiMajor = major,
            MinimumAbiMinor = minor,
        };
    }

    private static SnpRevocation ReadRevocation(StrictObject rule)
    {
        if (!rule.Flag("listRequired"))
        {
            rule.Fail("listRequired", "must be true; a list that is not required is waived with a reason");
        }

        return SnpRevocation.ListRequired;
    }

    private static JsonObject WriteRule<T>(Expectation<T> rule, Func<T, JsonObject> write)
        where T : class => rule.IsWaived ? new JsonObject { ["waived"] = rule.WaivedBecause } : write(rule.Value);

    private static JsonObject WriteTcbs(IReadOnlyDictionary<SnpProduct, SnpTcb> minimum)
    {
        var result = new JsonObject();
        foreach ((SnpProduct product, SnpTcb tcb) in minimum)
        {
            var parts = new JsonObject
            {
                ["bootloader"] = tcb.Bootloader,
                ["tee"] = tcb.Tee,
                ["snp"] = tcb.Snp,
                ["microcode"] = tcb.Microcode,
            };
            if (product == SnpProduct.Turin)
            {
                parts["fmc"] = tcb.Fmc;
            }

            result[product.ToString()] = parts;
        }

        return result;
    }

    private static JsonObject WriteAnyOf(IReadOnlyList<ByteString> digests) => new() { ["anyOf"] = Digests(digests) };

    private static JsonObject WriteGuestPolicy(SnpGuestPolicy policy)
    {
        var rule = new JsonObject { ["smtAllowed"] = policy.SmtAllowed, ["singleSocketRequired"] = policy.SingleSocketRequired };
        if (policy.MinimumAbiMajor > 0 || policy.MinimumAbiMinor > 0)
        {
            rule["minimumAbi"] = $"{policy.MinimumAbiMajor}.{policy.MinimumAbiMinor}";
        }

        return rule;
    }

    private static JsonArray Digests(IEnumerable<ByteString> digests) => TrustPolicyJson.Texts(digests.Select(digest => digest.ToString()));
}
