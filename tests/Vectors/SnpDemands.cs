using System.Globalization;
using System.Text.Json;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Vectors;

/// <summary>
/// The set's demands on SEV-SNP in terms of the product. Debugging and migration are refused by the product whatever a policy says; a case that allows them is
/// judged without that one refusal.
/// </summary>
internal sealed class SnpDemands
{
    private const string NoDemand = "the case makes no demand";

    private readonly bool _allowDebug;
    private readonly bool _allowMigration;
    private readonly bool _requireChipId;
    private readonly bool _checkDates;
    private readonly ByteString? _measurement;
    private readonly ByteString? _hostData;
    private readonly ByteString? _chip;
    private readonly ByteString? _idKey;
    private readonly ByteString? _authorKey;
    private readonly SnpTcb? _minimumTcb;
    private readonly int[] _levels;
    private readonly SnpGuestPolicy _guest;
    private readonly ByteString? _familyId;
    private readonly ByteString? _imageId;
    private readonly int? _guestSvn;
    private readonly SnpFirmwareVersion? _firmware;

    public SnpDemands(VectorPolicy policy)
    {
        _allowDebug = policy.TakeBoolean("allow_debug") ?? false;
        _allowMigration = policy.TakeBoolean("allow_migrate_ma") ?? false;
        _requireChipId = policy.TakeBoolean("require_chip_id") ?? true;
        _checkDates = policy.TakeBoolean("check_validity_dates") ?? true;
        _measurement = policy.TakeHex("measurement");
        _hostData = policy.TakeHex("host_data");
        _chip = policy.TakeHex("chip_id");
        _idKey = policy.TakeHex("id_key_digest");
        _authorKey = policy.TakeHex("author_key_digest");
        ReportData = policy.TakeHex("report_data");
        _minimumTcb = policy.Take("minimum_tcb") is { } tcb ? ReadTcb(tcb) : null;
        _levels = policy.TakeNumber("vmpl") is { } level ? [level] : [0, 1, 2, 3];
        _guest = new SnpGuestPolicy
        {
            SmtAllowed = policy.TakeBoolean("allow_smt") ?? true,
            SingleSocketRequired = policy.TakeBoolean("require_single_socket") ?? false,
            CxlAllowed = policy.TakeBoolean("allow_cxl") ?? true,
            Aes256XtsRequired = policy.TakeBoolean("require_mem_aes_256_xts") ?? false,
            RaplDisabledRequired = policy.TakeBoolean("require_rapl_dis") ?? false,
            CiphertextHidingRequired = policy.TakeBoolean("require_ciphertext_hiding") ?? false,
            PageSwapDisabledRequired = policy.TakeBoolean("require_page_swap_disable") ?? false,
        };
        _familyId = policy.TakeHex("family_id");
        _imageId = policy.TakeHex("image_id");
        _guestSvn = policy.TakeNumber("minimum_guest_svn");
        _firmware = policy.TakeText("minimum_version") is { } text
            ? SnpFirmwareVersion.TryParse(text, out SnpFirmwareVersion? firmware) ? firmware : throw new VectorException($"policy key 'minimum_version' is '{text}'") : null;
        if (policy.TakeText("minimum_abi") is { } abi)
        {
            string[] parts = abi.Split('.');
            _guest = _guest with { MinimumAbiMajor = int.Parse(parts[0], CultureInfo.InvariantCulture), MinimumAbiMinor = int.Parse(parts[1], CultureInfo.InvariantCulture) };
        }
    }

    public ByteString? ReportData { get; }

    /// <summary>Returns the steps without those that the case does not want.</summary>
    public RuleList<SnpAttempt> Steps()
    {
        RuleList<SnpAttempt> steps = _checkDates ? SnpSteps.All : SnpSteps.All.Without("certificate-time");
        return _requireChipId ? steps : steps.Without("chip-id");
    }

    public bool Tolerates(RefusalReason reason) => (_allowDebug && reason == RefusalReason.DebugAllowed) || (_allowMigration && reason == RefusalReason.MigrationAllowed);

    public TrustPolicy ToPolicy(SnpReport report) => RecordedOwner.Policy with
    {
        InitDataDigests = [_hostData ?? report.HostData],
        Snp = new SnpPolicy
        {
            Measurements = [_measurement ?? report.Measurement],
            MinimumTcb = _minimumTcb is null ? Expect.Waived<IReadOnlyDictionary<SnpProduct, SnpTcb>>(NoDemand)
                : Expect.Required<IReadOnlyDictionary<SnpProduct, SnpTcb>>(Enum.GetValues<SnpProduct>().ToDictionary(product => product, _ => _minimumTcb)),
            MinimumFirmware = Of(_firmware),
            Mitigations = Expect.Waived<SnpMitigations>(NoDemand),
            Vmpl = _levels,
            Chips = Only(_chip),
            Providers = Expect.Waived<IReadOnlyList<string>>(NoDemand),
            IdKeyDigests = Only(_idKey),
            AuthorKeyDigests = Only(_authorKey),
            FamilyIds = Only(_familyId),
            ImageIds = Only(_imageId),
            MinimumGuestSvn = Of(_guestSvn is { } least ? new SnpGuestSvn((uint)least) : null),
            GuestPolicy = Expect.Required(_guest),
            Platform = Expect.Waived<SnpPlatformPolicy>(NoDemand),
            Revocation = Expect.Waived<SnpRevocation>("the recorded lists have run out"),
            Development = true,
        },
    };

    private static Expectation<T> Of<T>(T? value)
        where T : class => value is null ? Expect.Waived<T>(NoDemand) : Expect.Required(value);

    private static Expectation<IReadOnlyList<ByteString>> Only(ByteString? value) =>
        value is null ? Expect.Waived<IReadOnlyList<ByteString>>(NoDemand) : Expect.Required<IReadOnlyList<ByteString>>([value]);

    private static SnpTcb ReadTcb(JsonElement tcb)
    {
        var parts = new VectorPolicy(default, tcb);
        byte Part(string name) => checked((byte)(parts.TakeNumber(name) ?? 0));
        var read = new SnpTcb(Part("fmc"), Part("bootloader"), Part("tee"), Part("snp"), Part("microcode"));
        return parts.Left.Count == 0 ? read : throw new VectorException($"policy key 'minimum_tcb' has the unknown member '{parts.Left.First()}'");
    }
}
