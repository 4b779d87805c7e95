using System.Buffers.Binary;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>The rules for SEV-SNP as JSON. Each rule that may be waived is an object: with its demand, or with the one member <c>waived</c>.</summary>
internal static class SnpPolicyJson
{
    private const int MostEntries = 4096;
    private const int LongestProvider = 253;

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
            MinimumTcb = ExpectationJson.Read(given, "minimumTcb", ReadTcbs),
            MinimumFirmware = ExpectationJson.Read(given, "minimumFirmware", ReadFirmware),
            Mitigations = ExpectationJson.Read(given, "mitigations", rule => new SnpMitigations(ReadBits(rule, "launch"), ReadBits(rule, "current"))),
            Vmpl = [.. levels.Select(level => (int)level)],
            Chips = ExpectationJson.Read(given, "chips", rule => rule.HexTexts("anyOf", MostEntries, 64)),
            Providers = ExpectationJson.Read(given, "providers", rule => rule.Texts("anyOf", MostEntries, LongestProvider)),
            IdKeyDigests = ExpectationJson.Read(given, "idKeyDigests", rule => rule.HexTexts("anyOf", MostEntries, 48)),
            AuthorKeyDigests = ExpectationJson.Read(given, "authorKeyDigests", rule => rule.HexTexts("anyOf", MostEntries, 48)),
            FamilyIds = ExpectationJson.Read(given, "familyIds", rule => rule.HexTexts("anyOf", MostEntries, 16)),
            ImageIds = ExpectationJson.Read(given, "imageIds", rule => rule.HexTexts("anyOf", MostEntries, 16)),
            MinimumGuestSvn = ExpectationJson.Read(given, "minimumGuestSvn", rule => new SnpGuestSvn((uint)rule.Number("atLeast", 0, uint.MaxValue))),
            GuestPolicy = ExpectationJson.Read(given, "guestPolicy", SnpFlagsJson.ReadGuestPolicy),
            Platform = ExpectationJson.Read(given, "platform", SnpFlagsJson.ReadPlatform),
            Revocation = ExpectationJson.Read(given, "revocation", ReadRevocation),
            Development = given.Flag("development"),
        };
    }

    public static JsonObject Write(SnpPolicy policy) => new()
    {
        ["measurements"] = Digests(policy.Measurements),
        ["minimumTcb"] = ExpectationJson.Write(policy.MinimumTcb, WriteTcbs),
        ["minimumFirmware"] = ExpectationJson.Write(policy.MinimumFirmware, version => new JsonObject { ["committed"] = version.ToString() }),
        ["mitigations"] = ExpectationJson.Write(policy.Mitigations, bits => new JsonObject { ["launch"] = $"{bits.Launch:x16}", ["current"] = $"{bits.Current:x16}" }),
        ["vmpl"] = new JsonArray([.. policy.Vmpl.Select(level => (JsonNode)level)]),
        ["chips"] = ExpectationJson.Write(policy.Chips, ExpectationJson.WriteAnyOf),
        ["providers"] = ExpectationJson.Write(policy.Providers, names => new JsonObject { ["anyOf"] = TrustPolicyJson.Texts(names) }),
        ["idKeyDigests"] = ExpectationJson.Write(policy.IdKeyDigests, ExpectationJson.WriteAnyOf),
        ["authorKeyDigests"] = ExpectationJson.Write(policy.AuthorKeyDigests, ExpectationJson.WriteAnyOf),
        ["familyIds"] = ExpectationJson.Write(policy.FamilyIds, ExpectationJson.WriteAnyOf),
        ["imageIds"] = ExpectationJson.Write(policy.ImageIds, ExpectationJson.WriteAnyOf),
        ["minimumGuestSvn"] = ExpectationJson.Write(policy.MinimumGuestSvn, svn => new JsonObject { ["atLeast"] = svn.AtLeast }),
        ["guestPolicy"] = ExpectationJson.Write(policy.GuestPolicy, SnpFlagsJson.WriteGuestPolicy),
        ["platform"] = ExpectationJson.Write(policy.Platform, SnpFlagsJson.WritePlatform),
        ["revocation"] = ExpectationJson.Write(policy.Revocation, _ => new JsonObject { ["listRequired"] = true }),
        ["development"] = policy.Development,
    };

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

    private static SnpFirmwareVersion ReadFirmware(StrictObject rule)
    {
        if (!SnpFirmwareVersion.TryParse(rule.Text("committed", 11), out SnpFirmwareVersion? version))
        {
            rule.Fail("committed", "must be three numbers with points between them");
        }

        return version ?? new SnpFirmwareVersion(0, 0, 0);
    }

    private static ulong ReadBits(StrictObject rule, string name)
    {
        ByteString bits = rule.Hex(name, sizeof(ulong));
        return bits.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64BigEndian(bits.Span) : 0;
    }

    private static SnpRevocation ReadRevocation(StrictObject rule)
    {
        if (!rule.Flag("listRequired"))
        {
            rule.Fail("listRequired", "must be true; a list that is not required is waived with a reason");
        }

        return SnpRevocation.ListRequired;
    }

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

    private static JsonArray Digests(IEnumerable<ByteString> digests) => TrustPolicyJson.Texts(digests.Select(digest => digest.ToString()));
}
