using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>The rules that hold for every authentic quote, whatever its owner's rules for TDX are. Each is pure, all of them run, and none stops the others.</summary>
internal static class TdxChecks
{
    private const string Module = "Intel TDX module, ";

    /// <summary>The features that every processor state has: x87 and SSE.</summary>
    private const ulong FixedXfam = 0x3;

    /// <summary>The features that TDX knows: the fixed ones, AVX, AVX-512, PT, PKRU, CET, ULI, LBR, AMX.</summary>
    private const ulong KnownXfam = 0x6DBE7;

    /// <summary>The last register that firmware and boot loader measure into; the system may use the next one without a log.</summary>
    private const int LastLoggedRegister = 2;

    public static RuleList<TdxSubject> Always { get; } = new("TDX: every guest",
        new("debug", RuleAspect.Expected, Module + "TDATTRIBUTES.DEBUG", DebugIsOff, RefusalReason.DebugAllowed),
        new("reserved-attributes", RuleAspect.Expected, Module + "TDATTRIBUTES, reserved bits", ReservedAttributesAreZero, RefusalReason.GuestPolicyNotAccepted),
        new("reserved-xfam", RuleAspect.Expected, Module + "XFAM, fixed and reserved bits", XfamIsWellFormed, RefusalReason.GuestPolicyNotAccepted),
        new("tcb-revoked", RuleAspect.Current, "Intel PCS v4, TCB info v3: tcbStatus", TcbIsNotRevoked, RefusalReason.TcbRevoked),
        new("event-log", RuleAspect.Expected, "UEFI 2.10, 38; TCG PC Client Platform Firmware Profile, 10", EventLogLeadsToTheRegisters, RefusalReason.EventLogMismatch));

    /// <summary>Runs every rule.</summary>
    public static IReadOnlyList<RuleResult> Run(TdxSubject subject) => [.. Always.Apply(subject), .. subject.Rules is null ? [] : TdxOwnerChecks.All.Apply(subject)];

    private static Finding DebugIsOff(TdxSubject subject)
    {
        bool isDebug = subject.Report.Attributes.IsDebug;
        return Finding.Of(!isDebug, RefusalReason.DebugAllowed, "off", isDebug ? "on" : "off",
            "The guest was launched with debugging on: the host can read its memory; launch it without.");
    }

    private static Finding ReservedAttributesAreZero(TdxSubject subject) => Finding.Of(subject.Report.Attributes.Reserved == 0, RefusalReason.GuestPolicyNotAccepted,
        "bits 1 to 27 and 32 to 62 zero", $"{subject.Report.Attributes}",
        $"The guest's attributes {subject.Report.Attributes} have bits set whose meaning is not known; what they allow is not known either.");

    private static Finding XfamIsWellFormed(TdxSubject subject)
    {
        ulong xfam = subject.Report.XfamBits;
        return Finding.Of((xfam & FixedXfam) == FixedXfam && (xfam & ~KnownXfam) == 0, RefusalReason.GuestPolicyNotAccepted,
            "x87 and SSE, and no unknown feature", $"0x{xfam:x}", $"The guest's extended features 0x{xfam:x} are none that a TDX module would give: x87 and SSE are always there, and others are not known.");
    }

    private static Finding TcbIsNotRevoked(TdxSubject subject)
    {
        TdxTcbStatus? status = subject.Authentic.TcbStatus;
        return Finding.Of(status is not null and not TdxTcbStatus.Revoked, RefusalReason.TcbRevoked, "known, and not revoked", status?.ToString() ?? "not known",
            status is null ? "Nothing is known of the platform's TCB: give Intel's collateral." : "Intel has revoked the TCB of the platform, of its TDX module or of its quoting enclave: update it.");
    }

    private static Finding EventLogLeadsToTheRegisters(TdxSubject subject)
    {
        if (subject.Authentic.EventLog is not { } log)
        {
            return Finding.Noted("where a log came: the registers", "no event log", "No event log came with the quote, so the registers are known by their values alone.");
        }

        for (int register = 0; register < CcEventLog.Registers; register++)
        {
            ByteString replayed = log.Replay(register);
            ByteString found = subject.Report.Rtmr(register);
            if (replayed != found && (register <= LastLoggedRegister || log.Touches(register)))
            {
                return Finding.Failed(RefusalReason.EventLogMismatch, $"RTMR{register} {found}", $"{replayed}",
                    $"The events of the log lead to {replayed} in RTMR{register}, and the quote says {found}: events are missing, or were changed.");
            }
        }

        return Finding.Passed("RTMR0 to RTMR2, and RTMR3 where the log has events for it", $"{log.Events.Count} events");
    }
}
