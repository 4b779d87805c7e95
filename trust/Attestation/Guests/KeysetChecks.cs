using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Guests;

/// <summary>Every rule about a guest's keyset, in the order in which they are read out. All of them run.</summary>
internal static class KeysetChecks
{
    private const string Document = "attestation document, ";
    private const string Keys = "keyset, ";
    private const string Owner = "; trust policy, ";

    public static RuleList<GuestSubject> All { get; } = new("Keyset, for clients",
        new("nonce", RuleAspect.Expected, Document + "nonce", NonceIsOurs, RefusalReason.NonceMismatch),
        new("keyset-time", RuleAspect.Current, Keys + "not_after", KeysAreInForce, RefusalReason.KeysetMismatch),
        new("keyset-keys", RuleAspect.Expected, Keys + "e2ee", ThereAreKeys, RefusalReason.KeysetMismatch),
        new("model", RuleAspect.Expected, Keys + "model.name" + Owner + "model", ModelIsTheOne, RefusalReason.KeysetMismatch),
        new("manifest", RuleAspect.Expected, Keys + "model.manifest_sha256" + Owner + "manifestDigests", ManifestIsAccepted, RefusalReason.ManifestNotAccepted),
        new("model-version", RuleAspect.Current, Keys + "model.version" + Owner + "minimumModelVersion", ModelIsNewEnough, RefusalReason.ModelVersionTooOld),
        new("keyset-initdata", RuleAspect.Expected, Keys + "initdata_sha256; AMD 56860, ATTESTATION_REPORT.HOST_DATA", InitDataIsTheReported, RefusalReason.KeysetMismatch),
        new("keyset-policy", RuleAspect.Current, Keys + "policy_sha256", PolicyIsTheOne) { IsOnlyTold = true },
        new("devices", RuleAspect.Expected, Document + "device_evidence", DevicesAreTold) { IsOnlyTold = true });

    private static Finding NonceIsOurs(GuestSubject subject) => Finding.Of(subject.Question.Document.Nonce == subject.Question.Nonce,
        RefusalReason.NonceMismatch, $"{subject.Question.Nonce}", $"{subject.Question.Document.Nonce}",
        "The document answers another nonce than the one that was sent: it is an old answer or somebody else's; ask again.");

    private static Finding KeysAreInForce(GuestSubject subject) => Finding.Of(subject.Question.Now < subject.Keyset.NotAfter,
        RefusalReason.KeysetMismatch, $"after {subject.Question.Now:u}", $"{subject.Keyset.NotAfter:u}",
        $"The guest's keys ended at {subject.Keyset.NotAfter:u}: ask for its current ones, and check both clocks.");

    private static Finding ThereAreKeys(GuestSubject subject) => Finding.Of(subject.Keyset.SealingKeys.Count > 0,
        RefusalReason.KeysetMismatch, "one or more", $"{subject.Keyset.SealingKeys.Count}", "The keyset has no key to seal a request to.");

    private static Finding ModelIsTheOne(GuestSubject subject)
    {
        (string expected, string found) = (subject.Question.Policy.Policy.Model, subject.Keyset.Model.Name);
        return Finding.Of(expected == found, RefusalReason.KeysetMismatch, $"'{expected}'", $"'{found}'",
            $"The guest serves model '{found}', and the policy is for '{expected}': check the address and the policy.");
    }

    private static Finding ManifestIsAccepted(GuestSubject subject)
    {
        IReadOnlyList<ByteString> accepted = subject.Question.Policy.Policy.ManifestDigests;
        ByteString found = subject.Keyset.Model.ManifestSha256;
        return Finding.Of(accepted.Contains(found), RefusalReason.ManifestNotAccepted,
            accepted.Count == 1 ? $"{accepted[0]}" : $"one of {accepted.Count} in the policy", $"{found}",
            $"The guest serves the model of manifest {found}, which is not among the {accepted.Count} that the policy accepts.");
    }

    private static Finding ModelIsNewEnough(GuestSubject subject)
    {
        (long least, long found) = (subject.Question.Policy.Policy.MinimumModelVersion, subject.Keyset.Model.Version);
        return Finding.Of(found >= least, RefusalReason.ModelVersionTooOld, $"at least {least}", $"{found}",
            $"The guest serves version {found} of the model; the policy demands {least} or later.");
    }

    private static Finding InitDataIsTheReported(GuestSubject subject)
    {
        if (subject.Evidence is null)
        {
            return Finding.NotReached("evidence that the hardware vouches for");
        }

        ByteString said = subject.Keyset.InitDataSha256;
        return subject.Evidence.ShowsInitData(said) is not { } shows
            ? Finding.Noted("what the hardware reports", $"{said}", "The hardware reports no initdata here: what the measurement covers speaks for it.")
            : Finding.Of(shows, RefusalReason.KeysetMismatch, subject.Evidence.InitDataDigest is { Length: > 0 } reported ? $"{reported}" : "what the hardware reports",
                $"{said}", "The keyset names other initdata than the hardware reports.");
    }

    /// <summary>The client enforces its own policy, so a guest whose key was released under another version of it is told and not refused.</summary>
    private static Finding PolicyIsTheOne(GuestSubject subject)
    {
        SignedTrustPolicy policy = subject.Question.Policy;
        string found = subject.Keyset.PolicySha256?.ToString() ?? "not named";
        return subject.Keyset.PolicySha256 == policy.Sha256 ? Finding.Passed($"{policy.Sha256}", found)
            : Finding.Noted($"{policy.Sha256}", found, "The guest does not say that its key was released under this policy; yours is enforced here all the same.");
    }

    private static Finding DevicesAreTold(GuestSubject subject) => subject.Question.Policy.Policy.Gpu is not null
        ? Finding.Passed("as the policy demands", "told below, device by device")
        : subject.Question.Document.DeviceEvidence.Equals(ReportBinding.NoDevices) ? Finding.Passed("none or bound", "none")
            : Finding.Noted("none or bound", $"{subject.Question.Document.DeviceEvidence.Length} bytes, bound by the report",
                "The guest shows evidence of devices, and the policy demands nothing of them: they are not verified.");
}
