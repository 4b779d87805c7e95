using System.Security.Cryptography;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Nitro;

/// <summary>Every rule about an authentic document, in the order in which they are read out. Each is pure, all of them run, and none stops the others.</summary>
internal static class NitroChecks
{
    private const string Process = "NSM API, attestation process, ";
    private const string Owner = "trust policy, ";
    private const string Pcrs = Process + "pcrs; " + Owner + "tee.nitro.pcrs";

    /// <summary>Gets the rules that hold for every enclave, whatever its owner's rules for Nitro are.</summary>
    public static RuleList<NitroSubject> Always { get; } = new("Nitro: every enclave",
        new("nonce", RuleAspect.Expected, Process + "nonce", NonceIsOurs, RefusalReason.NonceMismatch),
        new("debug", RuleAspect.Expected, Process + "pcrs: zero in debug mode", DebugIsOff, RefusalReason.DebugAllowed));

    /// <summary>Gets the rules that the owner's rules for Nitro make.</summary>
    public static RuleList<NitroSubject> OfOwner { get; } = new("Nitro: the owner's policy",
        new("pcr0", RuleAspect.Expected, Pcrs + ".0", Pcr0IsAccepted, RefusalReason.MeasurementNotAccepted),
        new("pcr1", RuleAspect.Expected, Pcrs + ".1", Pcr1IsAccepted, RefusalReason.MeasurementNotAccepted) { Waiver = "tee.nitro.pcrs.1" },
        new("pcr2", RuleAspect.Expected, Pcrs + ".2", Pcr2IsAccepted, RefusalReason.MeasurementNotAccepted) { Waiver = "tee.nitro.pcrs.2" },
        new("pcr3", RuleAspect.Expected, Pcrs + ".3", Pcr3IsAccepted, RefusalReason.MeasurementNotAccepted) { Waiver = "tee.nitro.pcrs.3" },
        new("pcr4", RuleAspect.Expected, Pcrs + ".4", Pcr4IsAccepted, RefusalReason.MeasurementNotAccepted) { Waiver = "tee.nitro.pcrs.4" },
        new("pcr5", RuleAspect.Expected, Pcrs + ".5", Pcr5IsAccepted, RefusalReason.MeasurementNotAccepted) { Waiver = "tee.nitro.pcrs.5" },
        new("pcr6", RuleAspect.Expected, Pcrs + ".6", Pcr6IsAccepted, RefusalReason.MeasurementNotAccepted) { Waiver = "tee.nitro.pcrs.6" },
        new("pcr7", RuleAspect.Expected, Pcrs + ".7", Pcr7IsAccepted, RefusalReason.MeasurementNotAccepted) { Waiver = "tee.nitro.pcrs.7" },
        new("pcr8", RuleAspect.Expected, Pcrs + ".8", Pcr8IsAccepted, RefusalReason.MeasurementNotAccepted) { Waiver = "tee.nitro.pcrs.8" },
        new("pcrs-beyond", RuleAspect.Expected, Pcrs + ".9 to 31", OtherPcrsAreAccepted, RefusalReason.MeasurementNotAccepted),
        new("initdata", RuleAspect.Expected, Owner + "tee.nitro.initData, initDataDigests", InitDataIsAccepted, RefusalReason.InitDataNotAccepted) { Waiver = "tee.nitro.initData" },
        new("document-age", RuleAspect.Current, Process + "timestamp; " + Owner + "tee.nitro.maximumAge", DocumentIsFresh, RefusalReason.EvidenceStale) { Waiver = "tee.nitro.maximumAge" });

    /// <summary>Runs every rule.</summary>
    public static IReadOnlyList<RuleResult> Run(NitroSubject subject)
    {
        var common = new CommonSubject(subject.Authentic, subject.Inputs);
        return
        [
            .. CommonChecks.Bound.Apply(common), .. CommonChecks.Policy.Apply(common),
            .. Always.Apply(subject), .. subject.Rules is null ? [] : OfOwner.Apply(subject),
        ];
    }

    /// <summary>Returns a PCR that was extended once, from zero.</summary>
    internal static ByteString Extended(ByteString digest) => new(SHA384.HashData([.. new byte[SHA384.HashSizeInBytes], .. digest.Span]));

    private static Finding NonceIsOurs(NitroSubject subject)
    {
        string found = subject.Document.Nonce?.ToString() ?? "none";
        return subject.Nonce is not { } nonce
            ? Finding.Noted("no demand", found, "The question's nonce is bound by user_data; the field 'nonce' is the enclave's own.")
            : Finding.Of(subject.Document.Nonce is { } shown && shown == nonce, RefusalReason.NonceMismatch, $"{nonce}", found,
                "The document has another nonce than the one that was asked with: it is an old one or somebody else's; ask again.");
    }

    /// <summary>In debug mode the module reports zero for the image, with good signatures. A document without PCR0 says as little.</summary>
    private static Finding DebugIsOff(NitroSubject subject)
    {
        bool isOn = IsZero(subject.Document.Pcr(0));
        return Finding.Of(!isOn, RefusalReason.DebugAllowed, "off", isOn ? "on" : "off",
            "PCR0 is zero: the enclave runs in debug mode and its console shows everything; start it without --debug-mode.");
    }

    private static bool IsZero(ByteString? pcr) => pcr is null || !pcr.Span.ContainsAnyExcept((byte)0);

    private static Finding Pcr0IsAccepted(NitroSubject subject) => Pcr(subject, 0);

    private static Finding Pcr1IsAccepted(NitroSubject subject) => Pcr(subject, 1);

    private static Finding Pcr2IsAccepted(NitroSubject subject) => Pcr(subject, 2);

    private static Finding Pcr3IsAccepted(NitroSubject subject) => Pcr(subject, 3);

    private static Finding Pcr4IsAccepted(NitroSubject subject) => Pcr(subject, 4);

    private static Finding Pcr5IsAccepted(NitroSubject subject) => Pcr(subject, 5);

    private static Finding Pcr6IsAccepted(NitroSubject subject) => Pcr(subject, 6);

    private static Finding Pcr7IsAccepted(NitroSubject subject) => Pcr(subject, 7);

    private static Finding Pcr8IsAccepted(NitroSubject subject) => Pcr(subject, 8);

    private static Finding OtherPcrsAreAccepted(NitroSubject subject)
    {
        for (int index = NitroPolicy.LastNamedPcr + 1; index <= NitroPolicy.LastPcr; index++)
        {
            if (subject.Nitro.Pcrs.ContainsKey(index) && Pcr(subject, index) is { Outcome: RuleOutcome.Failed } failed)
            {
                return failed;
            }
        }

        return Finding.Passed("as far as the policy names them", "as expected");
    }

    private static Finding Pcr(NitroSubject subject, int index)
    {
        string found = subject.Document.Pcr(index)?.ToString() ?? "none";
        if (!subject.Nitro.Pcrs.TryGetValue(index, out Expectation<IReadOnlyList<ByteString>>? expectation) || (index == 0 && expectation.IsWaived))
        {
            return Finding.Failed(RefusalReason.MeasurementNotAccepted, "a demand of the policy", found, $"The policy makes no demand on PCR{index}, and it must.");
        }

        return Finding.Of(expectation, found, accepted => Finding.Of(subject.Document.Pcr(index) is { } pcr && accepted.Contains(pcr),
            RefusalReason.MeasurementNotAccepted, accepted.Count == 1 ? $"{accepted[0]}" : $"one of {accepted.Count} in the policy", found,
            $"PCR{index} of the enclave is {found}, which is not among the {accepted.Count} values that the policy accepts."));
    }

    private static Finding InitDataIsAccepted(NitroSubject subject)
    {
        NitroInitData? demand = subject.Nitro.InitData.Value;
        string found = demand is not null && subject.Document.Pcr(demand.Pcr) is { } value ? $"PCR{demand.Pcr} {value}" : "none";
        return Finding.Of(subject.Nitro.InitData, found, place => Finding.Of(
            subject.Document.Pcr(place.Pcr) is { } pcr && subject.Policy.InitDataDigests.Any(digest => pcr == Extended(digest)),
            RefusalReason.InitDataNotAccepted, $"PCR{place.Pcr} extended once by one of {subject.Policy.InitDataDigests.Count} digests", found,
            $"PCR{place.Pcr} is not what extending it once by an accepted initdata digest gives."));
    }

    private static Finding DocumentIsFresh(NitroSubject subject)
    {
        TimeSpan age = subject.Inputs.Now - subject.Document.Timestamp;
        string found = $"{(long)age.TotalSeconds} s";
        return Finding.Of(subject.Nitro.MaximumAge, found, most => Finding.Of(age <= most.Span, RefusalReason.EvidenceStale, $"at most {most.Seconds} s", found,
            $"The document was made {found} ago, at {subject.Document.Timestamp:u}; the policy allows {most.Seconds} s: ask the enclave for a fresh one."));
    }
}
