using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Snp;

/// <summary>Each demand that an owner can make about SEV-SNP: met, and not met.</summary>
internal sealed class SnpOwnerSuite() : SnpChecksSuite(SnpChecks.OfOwner)
{
    private const int Tcb = 8;
    private static readonly SnpTcb s_low = new(0, 4, 0, 24, 218);
    private static readonly ByteString s_other16 = new(new byte[16]);
    private static readonly ByteString s_other48 = new(Enumerable.Repeat((byte)7, 48).ToArray());
    private static readonly Collateral s_list = new("crl", new ByteString(Development.Pki.MakeRevocationList(Scene.Noon.AddDays(-1), Scene.Noon.AddDays(1), false)));
    private static readonly Collateral s_oldList = new("crl", new ByteString(Development.Pki.MakeRevocationList(Scene.Noon.AddDays(-2), Scene.Noon.AddDays(-1), false)));

    /// <summary>A guest that meets every demand at once: an ID block, a new platform, every bit.</summary>
    private static readonly Guest s_best = new()
    {
        Bytes = bytes =>
        {
            Write(bytes, 0x008, 0x3D20000 | 0x0137);
            Write(bytes, 0x040, 0x7E);
            bytes[0x048] = 1;
            bytes[0x004] = 5;
            bytes.AsSpan(0x010, 16).Fill(1);
            bytes.AsSpan(0x020, 16).Fill(2);
            bytes.AsSpan(0x0E0, 48).Fill(3);
            bytes.AsSpan(0x110, 48).Fill(4);
            Write(bytes, 0x1F8, 0xB);
            Write(bytes, 0x200, 0xF);
        },
        Lists = [s_list],
        Policy = policy => policy with
        {
            MinimumFirmware = Expect.Required(new SnpFirmwareVersion(1, 55, 36)),
            Mitigations = Expect.Required(new SnpMitigations(0xB, 0xF)),
            Chips = Expect.AnyOf(Development.Chip.ChipId),
            Providers = Expect.AnyOf<string>("CN=other.example"),
            IdKeyDigests = Expect.AnyOf(Filled(48, 3)),
            AuthorKeyDigests = Expect.AnyOf(Filled(48, 4)),
            FamilyIds = Expect.AnyOf(Filled(16, 1)),
            ImageIds = Expect.AnyOf(Filled(16, 2)),
            MinimumGuestSvn = Expect.Required(new SnpGuestSvn(5)),
            GuestPolicy = Expect.Required(new SnpGuestPolicy
            {
                SmtAllowed = false,
                SingleSocketRequired = true,
                CxlAllowed = false,
                Aes256XtsRequired = true,
                RaplDisabledRequired = true,
                CiphertextHidingRequired = true,
                PageSwapDisabledRequired = true,
                MinimumAbiMajor = 1,
                MinimumAbiMinor = 55,
            }),
            Platform = Expect.Required(new SnpPlatformPolicy
            {
                SmtAllowed = false,
                TsmeRequired = true,
                EccRequired = true,
                RaplDisabledRequired = true,
                CiphertextHidingRequired = true,
                AliasCheckRequired = true,
                IommuWriteSafeRequired = true,
                TioAllowed = false,
                UnknownFlagsAllowed = false,
            }),
            Revocation = Expect.Required(SnpRevocation.ListRequired),
        },
    };

    private static readonly SoftwareChip s_vlek = Development.Pki.MakeChip(shape: ChipShape.Vlek);

    public override IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("right", null, RefusalReason.None),
        new("every demand is met", null, RefusalReason.None, s_best),
        new("another measurement", "measurement", RefusalReason.MeasurementNotAccepted, With(policy => policy with { Measurements = [s_other48] })),
        new("another level", "vmpl", RefusalReason.VmplNotAccepted, new Guest { Bytes = bytes => bytes[0x30] = 1 }),
        new("the host", "vmpl", RefusalReason.VmplNotAccepted, new Guest { Bytes = bytes => bytes.AsSpan(0x30, 4).Fill(0xFF) }),
        new("an old reported TCB", "reported-tcb", RefusalReason.TcbTooOld, new Guest { Chip = Development.Pki.MakeChip(tcb: s_low) }),
        new("a product without a minimum", "reported-tcb", RefusalReason.ProductUnknown, With(policy => policy with
        {
            MinimumTcb = Expect.Required<IReadOnlyDictionary<SnpProduct, SnpTcb>>(new Dictionary<SnpProduct, SnpTcb> { [SnpProduct.Turin] = s_low }),
        })),
        new("an old committed TCB", "committed-tcb-minimum", RefusalReason.TcbTooOld, new Guest { Bytes = bytes => s_low.Write(bytes.AsSpan(0x1E0, Tcb), false) }),
        new("an old TCB at launch", "launch-tcb", RefusalReason.TcbTooOld, new Guest { Bytes = bytes => s_low.Write(bytes.AsSpan(0x1F0, Tcb), false) }),
        new("an old current TCB", "current-tcb", RefusalReason.TcbTooOld, new Guest { Bytes = bytes => s_low.Write(bytes.AsSpan(0x038, Tcb), false) }),
        new("old firmware", "firmware", RefusalReason.TcbTooOld, With(policy => policy with { MinimumFirmware = Expect.Required(new SnpFirmwareVersion(1, 55, 37)) })),
        new("mitigations missing at launch", "launch-mitigations", RefusalReason.TcbTooOld, Mitigated(new(0x1, 0), 0xE, 0xF)),
        new("mitigations missing now", "current-mitigations", RefusalReason.TcbTooOld, Mitigated(new(0, 0x10), 0xF, 0xF)),
        new("no list", "revocation", RefusalReason.RevocationListInvalid, With(policy => policy with { Revocation = Expect.Required(SnpRevocation.ListRequired) })),
        new("an old list", "revocation", RefusalReason.RevocationListInvalid,
            With(policy => policy with { Revocation = Expect.Required(SnpRevocation.ListRequired) }) with { Lists = [s_oldList] }),
        new("SMT allowed", "smt", RefusalReason.PlatformNotAccepted, Launched(16, demand => demand with { SmtAllowed = false })),
        new("any socket", "single-socket", RefusalReason.GuestPolicyNotAccepted, Launched(16, demand => demand with { SingleSocketRequired = true })),
        new("CXL allowed", "cxl", RefusalReason.GuestPolicyNotAccepted, Launched(21)),
        new("CXL allowed by the policy", null, RefusalReason.None, Launched(21, demand => demand with { CxlAllowed = true })),
        new("any memory cipher", "aes-256-xts", RefusalReason.GuestPolicyNotAccepted, Launched(16, demand => demand with { Aes256XtsRequired = true })),
        new("power is measured", "rapl", RefusalReason.GuestPolicyNotAccepted, Launched(16, demand => demand with { RaplDisabledRequired = true })),
        new("ciphertext is shown", "ciphertext-hiding", RefusalReason.GuestPolicyNotAccepted, Launched(16, demand => demand with { CiphertextHidingRequired = true })),
        new("pages are swapped", "page-swap", RefusalReason.GuestPolicyNotAccepted, Launched(16, demand => demand with { PageSwapDisabledRequired = true })),
        new("an old ABI", "abi", RefusalReason.GuestPolicyNotAccepted, Launched(16, demand => demand with { MinimumAbiMinor = 1 })),
        new("the machine has SMT", "platform-smt", RefusalReason.PlatformNotAccepted, Machine(0x1, demand => demand with { SmtAllowed = false })),
        new("the machine has no TSME", "platform-tsme", RefusalReason.PlatformNotAccepted, Machine(0x7D, demand => demand with { TsmeRequired = true })),
        new("the machine has no ECC", "platform-ecc", RefusalReason.PlatformNotAccepted, Machine(0x7B, demand => demand with { EccRequired = true })),
        new("the machine has RAPL", "platform-rapl", RefusalReason.PlatformNotAccepted, Machine(0x77, demand => demand with { RaplDisabledRequired = true })),
        new("the machine shows ciphertext", "platform-ciphertext-hiding", RefusalReason.PlatformNotAccepted, Machine(0x6F, demand => demand with { CiphertextHidingRequired = true })),
        new("the machine did not check aliases", "platform-alias-check", RefusalReason.PlatformNotAccepted, Machine(0x5F, demand => demand with { AliasCheckRequired = true })),
        new("the machine's IOMMU is not safe", "platform-iommu", RefusalReason.PlatformNotAccepted, Machine(0x3F, demand => demand with { IommuWriteSafeRequired = true })),
        new("the machine has trusted devices", "platform-tio", RefusalReason.PlatformNotAccepted, Machine(0x80)),
        new("the machine has trusted devices, allowed", null, RefusalReason.None, Machine(0x80, demand => demand with { TioAllowed = true })),
        new("a flag that nobody knows", "platform-flags", RefusalReason.PlatformNotAccepted, Machine(0x100)),
        new("a flag that nobody knows, allowed", null, RefusalReason.None, Machine(1UL << 63, demand => demand with { UnknownFlagsAllowed = true })),
        new("another chip", "chip", RefusalReason.ChipNotAccepted, With(policy => policy with { Chips = Expect.AnyOf(new ByteString(new byte[64])) })),
        new("another provider", "provider", RefusalReason.ChipNotAccepted, Provided("CN=other.example")),
        new("the provider", null, RefusalReason.None, Provided(ChipShape.Vlek.Provider!)),
        new("no provider is named", "provider", RefusalReason.ChipNotAccepted,
            Provided(ChipShape.Vlek.Provider!) with { Chip = Development.Pki.MakeChip(shape: ChipShape.Vlek with { Provider = null }) }),
        new("another ID key", "id-key", RefusalReason.IdKeyNotAccepted, With(policy => policy with { IdKeyDigests = Expect.AnyOf(s_other48) })),
        new("another author key", "author-key", RefusalReason.IdKeyNotAccepted, With(policy => policy with { AuthorKeyDigests = Expect.AnyOf(s_other48) })),
        new("an author key that did not sign", "author-key", RefusalReason.IdKeyNotAccepted,
            With(policy => policy with { AuthorKeyDigests = Expect.AnyOf(s_other48) }) with { Bytes = bytes => bytes.AsSpan(0x110, 48).Fill(7) }),
        new("another family", "family-id", RefusalReason.IdKeyNotAccepted, With(policy => policy with { FamilyIds = Expect.AnyOf(Filled(16, 1)) })),
        new("another image", "image-id", RefusalReason.IdKeyNotAccepted, With(policy => policy with { ImageIds = Expect.AnyOf(Filled(16, 1)) })),
        new("no family and no image", null, RefusalReason.None, With(policy => policy with { FamilyIds = Expect.AnyOf(s_other16), ImageIds = Expect.AnyOf(s_other16) })),
        new("an old guest", "guest-svn", RefusalReason.TcbTooOld, With(policy => policy with { MinimumGuestSvn = Expect.Required(new SnpGuestSvn(1)) })),
    ];

    private static ByteString Filled(int length, byte value) => new(Enumerable.Repeat(value, length).ToArray());

    private static Guest With(Func<SnpPolicy, SnpPolicy> policy) => new() { Policy = policy };

    private static Guest Machine(ulong flags, Func<SnpPlatformPolicy, SnpPlatformPolicy>? demand = null) => new()
    {
        Bytes = bytes => Write(bytes, 0x040, flags),
        Policy = policy => policy with { Platform = Expect.Required((demand ?? (given => given))(SamplePolicy.Platform)) },
    };

    private static Guest Mitigated(SnpMitigations demand, ulong launch, ulong current) => new()
    {
        Bytes = bytes =>
        {
            Write(bytes, 0x1F8, launch);
            Write(bytes, 0x200, current);
        },
        Policy = policy => policy with { Mitigations = Expect.Required(demand) },
    };

    private static Guest Provided(string accepted) => new()
    {
        Chip = s_vlek,
        Bytes = bytes => bytes[0x48] = 1 << 2,
        Policy = policy => policy with { Providers = Expect.AnyOf(accepted) },
    };
}
