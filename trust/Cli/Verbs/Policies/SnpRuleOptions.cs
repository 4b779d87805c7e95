using System.CommandLine;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Cli.Verbs.Policies;

/// <summary>
/// The rules for SEV-SNP as options. Each check that a policy can waive is either given or waived by its name; both is refused. Neither is refused for the
/// checks that every owner can decide about; the others are then waived in the policy, and shown.
/// </summary>
internal sealed class SnpRuleOptions
{
    private const string NotDemanded = "not demanded when the policy was made";
    private static readonly string[] s_checks = ["minimumTcb", "chips", "idKeyDigests", "authorKeyDigests", "guestPolicy", "revocation"];
    private static readonly string[] s_furtherChecks = ["minimumFirmware", "mitigations", "providers", "familyIds", "imageIds", "minimumGuestSvn", "platform"];

    private readonly Option<string[]> _measurement = Many("--measurement", "An accepted launch measurement of SEV-SNP, 96 hex digits. Needed for SEV-SNP.", "HEX");
    private readonly Option<int[]> _vmpl = new("--vmpl") { Description = "An accepted privilege level. Default: 0.", HelpName = "0-3" };
    private readonly Option<string[]> _tcb = Many("--minimum-tcb", "The least TCB of a product: Milan=bootloader:4,tee:0,snp:24,microcode:219 (Turin also fmc).", "PRODUCT=PARTS");
    private readonly Option<string[]> _chip = Many("--chip", "An accepted chip, 128 hex digits of CHIP_ID.", "HEX");
    private readonly Option<string[]> _idKey = Many("--id-key-digest", "An accepted ID_KEY_DIGEST, 96 hex digits.", "HEX");
    private readonly Option<string[]> _authorKey = Many("--author-key-digest", "An accepted AUTHOR_KEY_DIGEST, 96 hex digits.", "HEX");
    private readonly Option<string?> _guestPolicy = new("--guest-policy") { Description = SnpFlagsText.GuestPolicyHelp, HelpName = "PARTS" };
    private readonly Option<string?> _platform = new("--platform") { Description = SnpFlagsText.PlatformHelp, HelpName = "PARTS" };
    private readonly Option<string?> _firmware = new("--minimum-firmware") { Description = "The least committed version of the SNP firmware: 1.55.29.", HelpName = "VERSION" };
    private readonly Option<string?> _mitigations = new("--mitigations") { Description = "Mitigations that must be in force, as AMD's bits: launch=000000000000000b,current=000000000000000b.", HelpName = "PARTS" };
    private readonly Option<string[]> _provider = Many("--provider", "A provider whose key may have signed, by the CSP id of its VLEK.", "NAME");
    private readonly Option<string[]> _familyId = Many("--family-id", "An accepted FAMILY_ID of the ID block, 32 hex digits.", "HEX");
    private readonly Option<string[]> _imageId = Many("--image-id", "An accepted IMAGE_ID of the ID block, 32 hex digits.", "HEX");
    private readonly Option<uint?> _guestSvn = new("--minimum-guest-svn") { Description = "The least GUEST_SVN of the ID block.", HelpName = "NUMBER" };
    private readonly Option<bool> _revocation = new("--revocation-list-required") { Description = "AMD's revocation list must have been looked at." };
    private readonly Option<bool> _development = new("--development") { Description = "Accept test hardware below a development root; everything then says so." };
    private readonly Option<string[]> _waive = Many("--waive", $"A check that is not made, with the reason: CHECK=REASON. For SEV-SNP one of {string.Join(", ", s_checks.Concat(s_furtherChecks))}; for others the section and the member, such as tdx.rtmr3.", "CHECK=REASON");

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_measurement, _vmpl, _tcb, _firmware, _mitigations, _chip, _provider, _idKey, _authorKey, _familyId, _imageId, _guestSvn,
            _guestPolicy, _platform, _revocation, _development, _waive])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Gets whether an option of SEV-SNP was given that would be passed over for another TEE.</summary>
    public bool IsGiven(ParseResult parse) => parse.GetValue(_measurement) is { Length: > 0 } || parse.GetValue(_tcb) is { Length: > 0 } || parse.GetValue(_guestPolicy) is not null;

    /// <summary>Gets whether test hardware is accepted.</summary>
    public bool Development(ParseResult parse) => parse.GetValue(_development);

    /// <summary>Returns the waivers of all sections.</summary>
    public Dictionary<string, string> ReadWaivers(ParseResult parse) => ReadWaivers(parse.GetValue(_waive) ?? []);

    /// <summary>Returns the rules for SEV-SNP.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="waived">The waivers that no other section has taken.</param>
    public SnpPolicy Read(ParseResult parse, Dictionary<string, string> waived)
    {
        if (parse.GetValue(_measurement) is not { Length: > 0 })
        {
            throw new CommandRefusedException(RefusalReason.PolicyInvalid, "Give --measurement: a policy for SEV-SNP names the launch measurements that it accepts.");
        }

        if (waived.Keys.FirstOrDefault(name => !s_checks.Contains(name) && !s_furtherChecks.Contains(name)) is { } strange)
        {
            throw Unknown(strange);
        }

        int[] vmpl = parse.GetValue(_vmpl) ?? [];
        return new SnpPolicy
        {
            Measurements = [.. (parse.GetValue(_measurement) ?? []).Select(text => MeasurementFile.Read(text, "--measurement", TeeKind.Snp, "measurement"))],
            MinimumTcb = Rule<IReadOnlyDictionary<SnpProduct, SnpTcb>>(waived, "minimumTcb", "--minimum-tcb", SnpTcbText.Read(parse.GetValue(_tcb) ?? [])),
            MinimumFirmware = Further(waived, "minimumFirmware", "--minimum-firmware", ReadFirmware(parse.GetValue(_firmware))),
            Mitigations = Further(waived, "mitigations", "--mitigations", SnpFlagsText.ReadMitigations(parse.GetValue(_mitigations))),
            Vmpl = vmpl.Length > 0 ? vmpl : [0],
            Chips = Rule<IReadOnlyList<ByteString>>(waived, "chips", "--chip", List(parse.GetValue(_chip), "--chip", 64)),
            Providers = Further<IReadOnlyList<string>>(waived, "providers", "--provider", parse.GetValue(_provider) is { Length: > 0 } names ? names : null),
            IdKeyDigests = Rule<IReadOnlyList<ByteString>>(waived, "idKeyDigests", "--id-key-digest", List(parse.GetValue(_idKey), "--id-key-digest", 48)),
            AuthorKeyDigests = Rule<IReadOnlyList<ByteString>>(waived, "authorKeyDigests", "--author-key-digest", List(parse.GetValue(_authorKey), "--author-key-digest", 48)),
            FamilyIds = Further<IReadOnlyList<ByteString>>(waived, "familyIds", "--family-id", List(parse.GetValue(_familyId), "--family-id", 16)),
            ImageIds = Further<IReadOnlyList<ByteString>>(waived, "imageIds", "--image-id", List(parse.GetValue(_imageId), "--image-id", 16)),
            MinimumGuestSvn = Further(waived, "minimumGuestSvn", "--minimum-guest-svn", parse.GetValue(_guestSvn) is { } svn ? new SnpGuestSvn(svn) : null),
            GuestPolicy = Rule(waived, "guestPolicy", "--guest-policy", SnpFlagsText.ReadGuestPolicy(parse.GetValue(_guestPolicy))),
            Platform = Further(waived, "platform", "--platform", SnpFlagsText.ReadPlatform(parse.GetValue(_platform))),
            Revocation = Rule(waived, "revocation", "--revocation-list-required", parse.GetValue(_revocation) ? SnpRevocation.ListRequired : null),
            Development = parse.GetValue(_development),
        };
    }

    private static Option<string[]> Many(string name, string description, string help) =>
        new(name) { Description = description + " May be given several times.", HelpName = help };

    private static Expectation<T> Rule<T>(Dictionary<string, string> waived, string check, string option, T? given)
        where T : class
    {
        bool isWaived = waived.TryGetValue(check, out string? reason);
        return (given, isWaived) switch
        {
            ({ } demand, false) => Expect.Required(demand),
            (null, true) => Expect.Waived<T>(reason!),
            (null, false) => throw new CommandRefusedException(RefusalReason.PolicyInvalid,
                $"The check '{check}' is neither given nor waived: add {option}, or --waive {check}=REASON."),
            _ => throw new CommandRefusedException(RefusalReason.PolicyInvalid, $"The check '{check}' is given by {option} and waived as well: take one away."),
        };
    }

    private static Expectation<T> Further<T>(Dictionary<string, string> waived, string check, string option, T? given)
        where T : class => given is null && !waived.ContainsKey(check) ? Expect.Waived<T>(NotDemanded) : Rule(waived, check, option, given);

    private static Dictionary<string, string> ReadWaivers(string[] texts)
    {
        var waived = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            string[] parts = text.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length != 2 || parts[1].Length == 0 || !waived.TryAdd(parts[0], parts[1]))
            {
                throw new CommandRefusedException(RefusalReason.PolicyInvalid, $"--waive '{text}' must be CHECK=REASON, each check once.");
            }
        }

        return waived;
    }

    /// <summary>The refusal of a waiver that no section knows.</summary>
    public static CommandRefusedException Unknown(string check) => new(RefusalReason.PolicyInvalid,
        $"--waive '{check}' is no check of this policy; for SEV-SNP there are {string.Join(", ", s_checks.Concat(s_furtherChecks))}, for others SECTION.MEMBER.");

    private static ByteString[]? List(string[]? texts, string option, int length) => texts is { Length: > 0 } ? Digests(texts, option, length) : null;

    private static ByteString[] Digests(string[]? texts, string option, int length) => [.. (texts ?? []).Select(text =>
        ByteString.TryFromHex(text, length, out ByteString? digest) ? digest
            : throw new CommandRefusedException(RefusalReason.PolicyInvalid, $"{option} '{text}' must be {2 * length} hex digits."))];

    private static SnpFirmwareVersion? ReadFirmware(string? text) => text is null ? null : SnpFirmwareVersion.TryParse(text, out SnpFirmwareVersion? version) ? version
        : throw new CommandRefusedException(RefusalReason.PolicyInvalid, $"--minimum-firmware '{text}' must be three numbers from 0 to 255 with points between them.");
}
