using System.Buffers.Binary;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Snp;

/// <summary>Authentic reports under an owner's rules; no case is stopped before its list is asked.</summary>
internal abstract class SnpChecksSuite(RuleList<SnpSubject> list) : IRuleSuite
{
    /// <summary>A report whose committed TCB is below its reported one is refused before: here it is let through, so that the owner's rule stands alone.</summary>
    private static readonly RuleList<SnpAttempt> s_steps = SnpSteps.All.Without("committed-tcb");

    public IRuleList List => list;

    public abstract IReadOnlyList<RuleCase> Cases { get; }

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without)
    {
        var guest = (Guest?)given.Scene ?? new Guest();
        var scene = new Scene { Chip = guest.Chip, Report = report => report with { Version = 5 }, Bytes = guest.Bytes };
        Assert.True(SnpReport.TryParse(scene.Sign(new ByteString(new byte[64])).Span, out SnpReport? report, out _));
        Authentication authentication = SnpVerifier.Authenticate(report, SnpEndorsements.Read(guest.Chip.Certificates, guest.Lists), Development.Roots, Scene.Noon, s_steps);
        var authentic = Assert.IsType<AuthenticSnpReport>(authentication.Evidence);
        return (without is null ? list : list.Without(without)).Apply(new SnpSubject(authentic, guest.Policy(SamplePolicy.Snp())));
    }

    protected static void Write(byte[] bytes, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), value);

    /// <summary>A guest that is launched with these bits beside the ones that a development guest has.</summary>
    protected static Guest Launched(int bit, Func<SnpGuestPolicy, SnpGuestPolicy>? demand = null) => new()
    {
        Bytes = bytes => Write(bytes, 0x008, 0x30000 | 1UL << bit),
        Policy = policy => policy with { GuestPolicy = Expect.Required((demand ?? (given => given))(SamplePolicy.GuestPolicy)) },
    };

    protected sealed record Guest
    {
        public SoftwareChip Chip { get; init; } = Development.Chip;

        public Action<byte[]> Bytes { get; init; } = _ => { };

        public Func<SnpPolicy, SnpPolicy> Policy { get; init; } = policy => policy;

        public IReadOnlyList<Collateral> Lists { get; init; } = [];
    }
}

internal sealed class SnpAlwaysSuite() : SnpChecksSuite(SnpChecks.Always)
{
    public override IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("right", null, RefusalReason.None),
        new("debugging allowed", "debug", RefusalReason.DebugAllowed, Launched(19)),
        new("migration allowed", "migration", RefusalReason.MigrationAllowed, Launched(18)),
        new("the lowest reserved bit", "guest-policy-bits", RefusalReason.GuestPolicyNotAccepted, Launched(26)),
        new("the highest reserved bit", "guest-policy-bits", RefusalReason.GuestPolicyNotAccepted, Launched(63)),
        new("the bit that must be one", "guest-policy-bits", RefusalReason.GuestPolicyNotAccepted, new Guest { Bytes = bytes => Write(bytes, 0x008, 0x10000) }),
        new("the highest bit that is not reserved", null, RefusalReason.None, Launched(25)),
    ];
}
