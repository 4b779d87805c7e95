using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>Rules about the age of firmware and of the knowledge about it.</summary>
internal static class SnpTcbRules
{
    public static Finding ReportedTcbIsHighEnough(SnpSubject subject) => Tcb(subject, subject.Report.ReportedTcb, "reported");

    public static Finding CommittedTcbIsHighEnough(SnpSubject subject) => Tcb(subject, subject.Report.CommittedTcb, "committed");

    public static Finding LaunchTcbIsHighEnough(SnpSubject subject) => Tcb(subject, subject.Report.LaunchTcb, "launch");

    public static Finding CurrentTcbIsHighEnough(SnpSubject subject) => Tcb(subject, subject.Report.CurrentTcb, "current");

    public static Finding CommittedFirmwareIsNewEnough(SnpSubject subject)
    {
        SnpFirmwareVersion committed = subject.Report.CommittedFirmware;
        return Finding.Of(subject.Snp.MinimumFirmware, $"{committed}", least =>
            Finding.Of(committed.IsAtLeast(least), RefusalReason.TcbTooOld, $"at least {least}", $"{committed}",
                $"The committed SNP firmware {committed} is below the policy's minimum {least}: update the host's firmware and commit it."));
    }

    public static Finding MitigationsWereInForceAtLaunch(SnpSubject subject) =>
        Mitigations(subject, subject.Report.LaunchMitigations, demand => demand.Launch, "at the guest's launch");

    public static Finding MitigationsAreInForce(SnpSubject subject) =>
        Mitigations(subject, subject.Report.CurrentMitigations, demand => demand.Current, "now");

    public static Finding RevocationIsKnown(SnpSubject subject) => Finding.Of(subject.Snp.Revocation, subject.Authentic.Revocation.Found, _ =>
        Finding.Of(subject.Authentic.Revocation.IsCurrent, RefusalReason.RevocationListInvalid, "a current list that the root signed",
            subject.Authentic.Revocation.Found,
            $"The policy demands a current revocation list of the root; there is {subject.Authentic.Revocation.Found}: give the list of AMD's key service as collateral."));

    private static Finding Tcb(SnpSubject subject, SnpTcb tcb, string which)
    {
        string found = tcb.ToString();
        if (subject.Snp.MinimumTcb is not { Value: { } minimum })
        {
            return Finding.Waived(subject.Snp.MinimumTcb.WaivedBecause!, found);
        }

        SnpProduct product = subject.Authentic.Product;
        return minimum.TryGetValue(product, out SnpTcb? least)
            ? Finding.Of(tcb.IsAtLeast(least), RefusalReason.TcbTooOld, $"at least {least}", found,
                $"The {which} TCB ({tcb}) is below the policy's minimum for {product} ({least}); update the host's firmware and launch again.")
            : Finding.Failed(RefusalReason.ProductUnknown, "one of " + string.Join(", ", minimum.Keys), $"{product}",
                $"The policy has no minimum TCB for {product}, so guests on it are not accepted.");
    }

    /// <summary>A report that cannot tell its mitigations has none of them.</summary>
    private static Finding Mitigations(SnpSubject subject, ulong? vector, Func<SnpMitigations, ulong> demanded, string when)
    {
        string found = vector is { } bits ? $"0x{bits:x}" : $"not told by a report of version {subject.Report.Version}";
        return Finding.Of(subject.Snp.Mitigations, found, demand =>
            Finding.Of((demanded(demand) & ~(vector ?? 0)) == 0, RefusalReason.TcbTooOld, $"0x{demanded(demand):x} set", found,
                $"The policy demands mitigations 0x{demanded(demand):x} {when}; there is {found}: update the host's firmware and launch again."));
    }
}
