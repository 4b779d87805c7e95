using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>Rules about which guest it is, on whose chip, and who speaks for it.</summary>
internal static class SnpIdentityRules
{
    private static readonly ByteString s_noDigest = new(new byte[SnpReport.DigestSize]);

    public static Finding MeasurementIsAccepted(SnpSubject subject) => OneOf(subject.Snp.Measurements, subject.Report.Measurement,
        RefusalReason.MeasurementNotAccepted, "launch measurement");

    public static Finding LevelIsAccepted(SnpSubject subject)
    {
        string found = subject.Report.Vmpl == SnpReport.HostLevel ? "the host" : $"{subject.Report.Vmpl}";
        return Finding.Of(subject.Snp.Vmpl.Any(level => subject.Report.Vmpl == (uint)level), RefusalReason.VmplNotAccepted,
            "one of " + string.Join(", ", subject.Snp.Vmpl), found, $"The report was asked for by privilege level {found}, which the policy does not accept.");
    }

    public static Finding ChipIsAccepted(SnpSubject subject) =>
        OneOf(subject.Snp.Chips, subject.Report.ChipId, RefusalReason.ChipNotAccepted, "chip");

    public static Finding ProviderIsAccepted(SnpSubject subject)
    {
        string found = subject.Authentic.SignedBy == SnpSigningKey.Vlek ? $"'{subject.Authentic.Provider ?? ""}'" : "none: a chip's own key";
        return Finding.Of(subject.Snp.Providers, found, names => Finding.Of(
            subject.Authentic.SignedBy != SnpSigningKey.Vlek || (subject.Authentic.Provider is { } provider && names.Contains(provider)),
            RefusalReason.ChipNotAccepted, $"a chip's own key, or one of {names.Count} providers in the policy", found,
            $"The report is signed by a key of provider {found}, which is not among the {names.Count} that the policy accepts."));
    }

    public static Finding IdKeyIsAccepted(SnpSubject subject) =>
        OneOf(subject.Snp.IdKeyDigests, subject.Report.IdKeyDigest, RefusalReason.IdKeyNotAccepted, "ID key digest");

    /// <summary>A digest counts only where the report says that an author's key signed the ID key.</summary>
    public static Finding AuthorKeyIsAccepted(SnpSubject subject) => OneOf(subject.Snp.AuthorKeyDigests,
        subject.Report.HasAuthorKey ? subject.Report.AuthorKeyDigest : s_noDigest, RefusalReason.IdKeyNotAccepted, "author key digest");

    public static Finding FamilyIsAccepted(SnpSubject subject) =>
        OneOf(subject.Snp.FamilyIds, subject.Report.FamilyId, RefusalReason.IdKeyNotAccepted, "family id");

    public static Finding ImageIsAccepted(SnpSubject subject) =>
        OneOf(subject.Snp.ImageIds, subject.Report.ImageId, RefusalReason.IdKeyNotAccepted, "image id");

    public static Finding GuestIsNewEnough(SnpSubject subject) => Finding.Of(subject.Snp.MinimumGuestSvn, $"{subject.Report.GuestSvn}", least =>
        Finding.Of(subject.Report.GuestSvn >= least.AtLeast, RefusalReason.TcbTooOld, $"at least {least.AtLeast}", $"{subject.Report.GuestSvn}",
            $"The guest's security version {subject.Report.GuestSvn} is below the policy's minimum {least.AtLeast}: launch a newer guest."));

    private static Finding OneOf(IReadOnlyList<ByteString> accepted, ByteString value, RefusalReason reason, string what)
    {
        string found = value.ToString();
        return Finding.Of(accepted.Contains(value), reason, accepted.Count == 1 ? $"{accepted[0]}" : $"one of {accepted.Count} in the policy", found,
            $"The {what} {found} is not among the {accepted.Count} that the policy accepts.");
    }

    private static Finding OneOf(Expectation<IReadOnlyList<ByteString>> expectation, ByteString value, RefusalReason reason, string what) =>
        expectation.IsWaived ? Finding.Waived(expectation.WaivedBecause, value.ToString()) : OneOf(expectation.Value, value, reason, what);
}
