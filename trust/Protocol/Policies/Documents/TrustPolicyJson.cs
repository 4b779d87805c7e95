using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>The policy as JSON, both ways. Whatever it does not know is refused, so an old reader never does less than a new owner asked for.</summary>
internal static class TrustPolicyJson
{
    private const int MostDigests = 1024;
    private const int MostKeys = 16;
    private const string DigestPrefix = "sha256:";
    private const string Snp = "snp";
    private const string Tdx = "tdx";
    private const string Nitro = "nitro";
    private const string AzureSnp = "az-snp-vtpm";
    private const string AzureTdx = "az-tdx-vtpm";
    private const string Sample = "sample";
    private const string Gpu = "gpu";
    private const string Pcrs = "pcrs";

    public static TrustPolicy? Read(StrictObject given)
    {
        given.Literal("format", TrustPolicy.Format);
        StrictObject tee = OpenTee(given);
        return new TrustPolicy
        {
            Model = given.Name("model"),
            Tenant = given.Name("tenant"),
            PolicyVersion = given.Number("policyVersion", 1),
            NotAfter = given.Time("notAfter"),
            Resources = ReadResources(given),
            ManifestDigests = ReadDigests(given),
            MinimumModelVersion = given.Number("minimumModelVersion"),
            InitDataDigests = given.HexTexts("initDataDigests", MostDigests, 32),
            Snp = tee.Has(Snp) ? SnpPolicyJson.Read(tee.Child(Snp)) : null,
            Tdx = tee.Has(Tdx) ? TdxPolicyJson.Read(tee.Child(Tdx)) : null,
            Nitro = tee.Has(Nitro) ? NitroPolicyJson.Read(tee.Child(Nitro)) : null,
            AzureSnp = tee.Has(AzureSnp) ? ReadAzureSnp(tee.Child(AzureSnp)) : null,
            AzureTdx = tee.Has(AzureTdx) ? ReadAzureTdx(tee.Child(AzureTdx)) : null,
            Sample = tee.Has(Sample) ? new SampleTeePolicy { Development = tee.Child(Sample).Flag("development") } : null,
            Gpu = given.Has(Gpu) ? GpuPolicyJson.Read(given.Child(Gpu)) : null,
            Approvals = ReadApprovals(given.Child("approvals")),
        };
    }

    public static JsonObject Write(TrustPolicy policy)
    {
        JsonObject written = WriteBody(policy);
        if (policy.Gpu is { } gpu)
        {
            written[Gpu] = GpuPolicyJson.Write(gpu);
        }

        return written;
    }

    private static JsonObject WriteBody(TrustPolicy policy) => new()
    {
        ["format"] = TrustPolicy.Format,
        ["model"] = policy.Model,
        ["tenant"] = policy.Tenant,
        ["policyVersion"] = policy.PolicyVersion,
        ["notAfter"] = policy.NotAfter.ToUnixTimeSeconds(),
        ["resources"] = Texts(policy.Resources.Select(uri => uri.ToString())),
        ["manifestDigests"] = Texts(policy.ManifestDigests.Select(digest => DigestPrefix + digest)),
        ["minimumModelVersion"] = policy.MinimumModelVersion,
        ["initDataDigests"] = Texts(policy.InitDataDigests.Select(digest => digest.ToString())),
        ["tee"] = WriteTee(policy),
        ["approvals"] = new JsonObject
        {
            ["threshold"] = policy.Approvals.Threshold,
            ["keys"] = Texts(policy.Approvals.Keys.Select(key => Convert.ToBase64String(key.Spki))),
        },
    };

    internal static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    private static StrictObject OpenTee(StrictObject given)
    {
        StrictObject tee = given.Child("tee");
        foreach (string name in tee.Names.Where(name => name is not (Snp or Tdx or Nitro or AzureSnp or AzureTdx or Sample)))
        {
            tee.Fail(Reading.Shown(name), "is a TEE that this version cannot verify", RefusalReason.Unsupported);
        }

        return tee;
    }

    private static JsonObject WriteTee(TrustPolicy policy)
    {
        (string Name, JsonObject? Rules)[] kinds =
        [
            (Snp, policy.Snp is { } snp ? SnpPolicyJson.Write(snp) : null),
            (Tdx, policy.Tdx is { } tdx ? TdxPolicyJson.Write(tdx) : null),
            (Nitro, policy.Nitro is { } nitro ? NitroPolicyJson.Write(nitro) : null),
            (AzureSnp, policy.AzureSnp is { } azure ? new() { [Pcrs] = AzurePcrs.Write(azure.Pcrs), [Snp] = SnpPolicyJson.Write(azure.Snp) } : null),
            (AzureTdx, policy.AzureTdx is { } azureTdx ? new() { [Pcrs] = AzurePcrs.Write(azureTdx.Pcrs), [Tdx] = TdxPolicyJson.Write(azureTdx.Tdx) } : null),
            (Sample, policy.Sample is { } sample ? new() { ["development"] = sample.Development } : null),
        ];
        var tee = new JsonObject();
        foreach ((string name, JsonObject? rules) in kinds.Where(kind => kind.Rules is not null))
        {
            tee[name] = rules;
        }

        return tee;
    }

    private static AzureSnpPolicy ReadAzureSnp(StrictObject given) => new() { Pcrs = AzurePcrs.Read(given.Child(Pcrs)), Snp = SnpPolicyJson.Read(given.Child(Snp)) };

    private static AzureTdxPolicy ReadAzureTdx(StrictObject given) => new() { Pcrs = AzurePcrs.Read(given.Child(Pcrs)), Tdx = TdxPolicyJson.Read(given.Child(Tdx)) };

    private static KbsResourceUri[] ReadResources(StrictObject given)
    {
        var resources = new List<KbsResourceUri>();
        foreach (string text in given.Texts("resources", MostDigests))
        {
            if (KbsResourceUri.TryParse(text, out KbsResourceUri? uri))
            {
                resources.Add(uri);
            }
            else
            {
                given.Fail($"resources[{resources.Count}]", "must be kbs:///tenant/type/tag");
            }
        }

        return [.. resources];
    }

    private static ByteString[] ReadDigests(StrictObject given)
    {
        var digests = new List<ByteString>();
        foreach (string text in given.Texts("manifestDigests", MostDigests))
        {
            if (text.StartsWith(DigestPrefix, StringComparison.Ordinal) && ByteString.TryFromHex(text[DigestPrefix.Length..], 32, out ByteString? digest)
                && text == DigestPrefix + digest)
            {
                digests.Add(digest);
            }
            else
            {
                given.Fail($"manifestDigests[{digests.Count}]", "must be sha256: and 64 digits of lower-case hex");
            }
        }

        return [.. digests];
    }

    private static ApprovalRule ReadApprovals(StrictObject given)
    {
        var keys = new List<OwnerPublicKey>();
        foreach (string text in given.Texts("keys", MostKeys))
        {
            byte[] spki = new byte[text.Length];
            if (Convert.TryFromBase64String(text, spki, out int length) && OwnerPublicKey.TryFromSpki(spki.AsSpan(0, length), out OwnerPublicKey? key, out _))
            {
                keys.Add(key);
            }
            else
            {
                given.Fail($"keys[{keys.Count}]", "must be a public key in Base64");
            }
        }

        return new ApprovalRule((int)given.Number("threshold", 0, keys.Distinct().Count()), keys);
    }
}
