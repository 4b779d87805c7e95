using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Cli.Verbs.Policies;

/// <summary>The rules for the hardware as options: the section of the resource's TEE, that of Azure's paravisor above it, and that of its devices.</summary>
internal sealed class HardwareRules
{
    private readonly SnpRuleOptions _snp = new();

    public void AddTo(Command command)
    {
        _snp.AddTo(command);
        foreach (SectionRules section in SectionTables.All)
        {
            command.Options.Add(section.Option);
        }
    }

    /// <summary>Returns a policy with the rules for this resource's hardware. The reader of policies has the last word on what was given.</summary>
    public TrustPolicy Complete(TrustPolicy policy, TeeSpec tee, ParseResult parse)
    {
        Dictionary<string, string> waivers = _snp.ReadWaivers(parse);
        JsonObject? devices = tee.Gpu is null ? null : Developed(SectionTables.Gpu.Read(parse, waivers), parse);
        JsonObject? pcrs = SectionTables.Azure.IsGiven(parse) ? SectionTables.Azure.Read(parse, waivers)["pcrs"]!.DeepClone().AsObject() : null;
        JsonObject section = tee.Type switch
        {
            TeeSpec.Snp => SectionOf(policy with { Snp = _snp.Read(parse, waivers) }, tee.Type),
            TeeSpec.Tdx => Developed(SectionTables.Tdx.Read(parse, waivers), parse),
            TeeSpec.Nitro => Developed(SectionTables.Nitro.Read(parse, waivers), parse),
            _ => throw new CommandRefusedException(RefusalReason.Unsupported, $"This version makes no policies for spec.tee.type {tee.Type}."),
        };
        RefuseStrangers(tee, parse, waivers);
        JsonObject json = PolicyFile.ToNode(policy);
        json["tee"] = pcrs is null ? new JsonObject { [tee.Type] = section }
            : new JsonObject { [$"az-{tee.Type}-vtpm"] = new JsonObject { ["pcrs"] = pcrs, [tee.Type] = section } };
        if (devices is not null)
        {
            json["gpu"] = devices;
        }

        return TrustPolicy.TryParse(Encoding.UTF8.GetBytes(json.ToJsonString()), out TrustPolicy? whole, out Refusal? refusal)
            ? whole : throw new CommandRefusedException(refusal);
    }

    /// <summary>An option for other hardware than the resource's would be passed over: whoever wrote it means another policy.</summary>
    private void RefuseStrangers(TeeSpec tee, ParseResult parse, Dictionary<string, string> waivers)
    {
        (bool IsStrange, string Option)[] strange =
        [
            (tee.Type != TeeSpec.Snp && _snp.IsGiven(parse), "--measurement, --minimum-tcb and --guest-policy"),
            (tee.Type != TeeSpec.Tdx && SectionTables.Tdx.IsGiven(parse), "--tdx"),
            (tee.Type != TeeSpec.Nitro && SectionTables.Nitro.IsGiven(parse), "--nitro"),
            (tee.Type == TeeSpec.Nitro && SectionTables.Azure.IsGiven(parse), "--azure"),
            (tee.Gpu is null && SectionTables.Gpu.IsGiven(parse), "--gpu"),
        ];
        if (Array.Find(strange, entry => entry.IsStrange) is { IsStrange: true } found)
        {
            throw new CommandRefusedException(RefusalReason.PolicyInvalid, $"{found.Option} is for other hardware than the resource's: spec.tee.type is {tee.Type}{(tee.Gpu is null ? ", without a GPU" : "")}.");
        }

        if (tee.Type != TeeSpec.Snp && waivers.Keys.FirstOrDefault() is { } left)
        {
            throw SnpRuleOptions.Unknown(left);
        }
    }

    private JsonObject Developed(JsonObject section, ParseResult parse)
    {
        section["development"] = _snp.Development(parse);
        return section;
    }

    private static JsonObject SectionOf(TrustPolicy policy, string kind) => PolicyFile.ToNode(policy)["tee"]![kind]!.DeepClone().AsObject();
}
