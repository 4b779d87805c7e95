using System.Globalization;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>
/// The steps about Intel's collateral: who says it, whether it is current, and how Intel judges the platform by it. What a judgement is worth, the owner's
/// policy says; a platform that is judged by nobody is refused here.
/// </summary>
internal static class PlatformSteps
{
    private const string Pcs = "Intel PCS v4, ";
    private const string Info = Pcs + "TCB info v3: ";
    private const string Identity = Pcs + "enclave identity v2: ";
    private const string Evaluation = Pcs + "appraisal of the TCB";
    private const string NeedsPath = "a path from the PCK certificate to an accepted root";
    private const string NeedsInfo = "TCB info of the platform that Intel signed";
    private const string NeedsIdentity = "the quoting enclave's identity that Intel signed";

    public static RuleList<TdxAttempt> All { get; } = new("TDX: what does Intel say about the platform?",
        new("tcb-signer", RuleAspect.Genuine, Pcs + "issuer chain of TCB info; RFC 5280, 6", SignerIsThere, RefusalReason.CollateralMissing, RefusalReason.ChainUntrusted),
        new("root-revocation-list", RuleAspect.Current, "RFC 5280, 5: list of the root", RootListIsCurrent, RefusalReason.CollateralMissing, RefusalReason.CollateralMismatch, RefusalReason.CollateralInvalid, RefusalReason.CollateralExpired),
        new("pck-revocation-list", RuleAspect.Current, "RFC 5280, 5: list of the PCK CA", PckListIsCurrent, RefusalReason.CollateralMissing, RefusalReason.CollateralMismatch, RefusalReason.CollateralInvalid, RefusalReason.CollateralExpired),
        new("not-revoked", RuleAspect.Genuine, "RFC 5280, 5", NothingIsRevoked, RefusalReason.CertificateRevoked),
        new("tcb-info", RuleAspect.Genuine, Info + "layout", InfoIsThere, RefusalReason.CollateralMissing, RefusalReason.CollateralInvalid),
        new("tcb-info-platform", RuleAspect.Genuine, Info + "id, fmspc, pceId", InfoIsOfThePlatform, RefusalReason.CollateralMismatch),
        new("tcb-info-signature", RuleAspect.Genuine, Info + "signature", InfoIsSigned, RefusalReason.CollateralInvalid),
        new("tcb-info-time", RuleAspect.Current, Info + "issueDate, nextUpdate", InfoIsCurrent, RefusalReason.CollateralExpired),
        new("qe-identity", RuleAspect.Genuine, Identity + "layout", IdentityIsThere, RefusalReason.CollateralMissing, RefusalReason.CollateralInvalid),
        new("qe-identity-kind", RuleAspect.Genuine, Identity + "id", IdentityIsOfTheQe, RefusalReason.CollateralMismatch),
        new("qe-identity-signature", RuleAspect.Genuine, Identity + "signature", IdentityIsSigned, RefusalReason.CollateralInvalid),
        new("qe-identity-time", RuleAspect.Current, Identity + "issueDate, nextUpdate", IdentityIsCurrent, RefusalReason.CollateralExpired),
        new("tcb-signer-time", RuleAspect.Current, "RFC 5280, 4.1.2.5", SignersAreValidNow, RefusalReason.CertificateExpired),
        new("qe-enclave", RuleAspect.Genuine, Identity + "mrsigner, isvprodid, miscselect, attributes", EnclaveIsTheQe, RefusalReason.EnclaveNotAccepted),
        new("qe-level", RuleAspect.Current, Identity + "tcbLevels", EnclaveReachesALevel, RefusalReason.TcbNotSupported),
        new("module-identity", RuleAspect.Genuine, Info + "tdxModule, tdxModuleIdentities", ModuleIsKnown, RefusalReason.ModuleNotAccepted),
        new("module-level", RuleAspect.Current, Info + "tdxModuleIdentities, tcbLevels", ModuleReachesALevel, RefusalReason.TcbNotSupported),
        new("platform-level", RuleAspect.Current, Evaluation, PlatformReachesALevel, RefusalReason.TcbNotSupported));

    private static Finding SignerIsThere(TdxAttempt attempt)
    {
        const string Expected = "a certificate for TCB signing, issued by the root of the PCK certificate";
        return attempt.Platform is not { } platform ? Finding.NotReached(NeedsPath)
            : platform.Signers.Count > 0 ? Finding.Passed(Expected, $"'{platform.Signers[0].Leaf.CommonName}'")
            : attempt.Collateral.Signers.Count == 0 ? Finding.Failed(RefusalReason.CollateralMissing, Expected, "none",
                "No certificate for TCB signing came with the collateral: give the issuer chain that Intel's service sends with TCB info.")
            : Finding.Failed(RefusalReason.ChainUntrusted, Expected, $"{attempt.Collateral.Signers.Count} of other roots",
                "The collateral's certificate for TCB signing is not issued by the root that the PCK certificate leads to.");
    }

    private static Finding RootListIsCurrent(TdxAttempt attempt) => attempt.Platform is not { } platform ? Finding.NotReached(NeedsPath)
        : ListIsCurrent(attempt, platform.RootList, platform.Path.Anchor.Root);

    private static Finding PckListIsCurrent(TdxAttempt attempt) => attempt.Platform is not { } platform ? Finding.NotReached(NeedsPath)
        : ListIsCurrent(attempt, platform.PckList, platform.Path.Issuer);

    private static Finding ListIsCurrent(TdxAttempt attempt, RevocationList? list, Certificate issuer)
    {
        string expected = $"a current list of '{issuer.CommonName}'";
        if (list is null)
        {
            CertificatePath path = attempt.Path!;
            bool others = attempt.Collateral.Lists.Any(other => other.Issuer != path.Issuer.Subject && other.Issuer != path.Anchor.Root.Subject);
            return Finding.Failed(others ? RefusalReason.CollateralMismatch : RefusalReason.CollateralMissing, expected, others ? "lists of other issuers" : "no list",
                $"There is no revocation list of '{issuer.CommonName}' with the collateral, so it is not known what was revoked: fetch it.");
        }

        string found = $"{list.ThisUpdate:u} to {list.NextUpdate:u}";
        return !PlatformAttempt.IsSigned(list, issuer)
            ? Finding.Failed(RefusalReason.CollateralInvalid, expected, "a list that is not signed by it", $"The revocation list of '{issuer.CommonName}' is not signed by its key: fetch it again.")
            : Finding.Of(list.IsCurrentAt(attempt.Now), RefusalReason.CollateralExpired, expected, found,
                $"The revocation list of '{issuer.CommonName}' is valid from {list.ThisUpdate:u} to {list.NextUpdate:u}, not at {attempt.Now:u}; fetch the current one.");
    }

    private static Finding NothingIsRevoked(TdxAttempt attempt)
    {
        if (attempt.Platform is not { } platform)
        {
            return Finding.NotReached(NeedsPath);
        }

        Certificate? revoked = platform.FindRevoked();
        return Finding.Of(revoked is null, RefusalReason.CertificateRevoked, "on no list of its issuer", revoked is null ? "on none" : $"'{revoked.CommonName}' {revoked.Serial}",
            $"Certificate '{revoked?.CommonName}' with serial number {revoked?.Serial} is revoked by its issuer: what it signed counts for nothing.");
    }

    private static Finding InfoIsThere(TdxAttempt attempt) => IsThere(attempt, attempt.Platform?.Info, "TCB info", "for the platform's FMSPC");

    private static Finding IdentityIsThere(TdxAttempt attempt) => IsThere(attempt, attempt.Platform?.Identity, "the enclave identity", "TD_QE");

    private static Finding IsThere(TdxAttempt attempt, SignedStatement? statement, string what, string which) =>
        attempt.Platform is null ? Finding.NotReached(NeedsPath)
        : statement is not null ? Finding.Passed(what, string.Create(CultureInfo.InvariantCulture, $"{statement.Id}, evaluation {statement.EvaluationDataNumber}"))
        : attempt.Collateral.Fault is { } fault ? Finding.Failed(RefusalReason.CollateralInvalid, what, "a statement that cannot be read", $"Collateral of Intel cannot be read: {fault}.")
        : Finding.Failed(RefusalReason.CollateralMissing, what, "none", $"There is no {what} among the collateral: fetch {what} {which} from Intel's service.");

    private static Finding InfoIsOfThePlatform(TdxAttempt attempt)
    {
        if (attempt is not { Platform.Info: { } info, Pck: { } pck })
        {
            return Finding.NotReached("TCB info and the PCK certificate's extension");
        }

        string found = $"{info.Id}, FMSPC {info.Fmspc}, PCE {info.PceId}";
        return Finding.Of(info.IsFor(pck), RefusalReason.CollateralMismatch, $"{TcbInfo.TdxId}, FMSPC {pck.Fmspc}, PCE {pck.PceId}", found,
            $"The TCB info is for {found}; the platform is of FMSPC {pck.Fmspc} and PCE {pck.PceId}: fetch its TCB info.");
    }

    private static Finding IdentityIsOfTheQe(TdxAttempt attempt) => attempt.Platform?.Identity is not { } identity ? Finding.NotReached("an enclave identity")
        : Finding.Of(identity.Id == EnclaveIdentity.TdxId, RefusalReason.CollateralMismatch, EnclaveIdentity.TdxId, identity.Id,
            $"The enclave identity is of '{identity.Id}'; quotes of TDX are signed by {EnclaveIdentity.TdxId}: fetch that one.");

    private static Finding InfoIsSigned(TdxAttempt attempt) => IsSigned(attempt.Platform?.Info, attempt.Platform?.InfoSigner, "TCB info");

    private static Finding IdentityIsSigned(TdxAttempt attempt) => IsSigned(attempt.Platform?.Identity, attempt.Platform?.IdentitySigner, "enclave identity");

    private static Finding IsSigned(SignedStatement? statement, CertificatePath? signer, string what) => statement is null ? Finding.NotReached($"the {what}")
        : Finding.Of(signer is not null, RefusalReason.CollateralInvalid, "signed by the certificate for TCB signing", signer is null ? "not signed by it" : "signed by it",
            $"The {what} is not signed by Intel's certificate for TCB signing: its bytes were changed, or written anew; keep them as Intel's service sent them.");

    private static Finding InfoIsCurrent(TdxAttempt attempt) => IsCurrent(attempt, attempt.Platform?.Info, "TCB info");

    private static Finding IdentityIsCurrent(TdxAttempt attempt) => IsCurrent(attempt, attempt.Platform?.Identity, "enclave identity");

    private static Finding IsCurrent(TdxAttempt attempt, SignedStatement? statement, string what) => statement is null ? Finding.NotReached($"the {what}")
        : Finding.Of(statement.IsCurrentAt(attempt.Now), RefusalReason.CollateralExpired, $"valid at {attempt.Now:u}", $"{statement.IssueDate:u} to {statement.NextUpdate:u}",
            $"The {what} is valid from {statement.IssueDate:u} to {statement.NextUpdate:u}, not at {attempt.Now:u}; fetch the current one, or check the clock.");

    private static Finding SignersAreValidNow(TdxAttempt attempt)
    {
        if (attempt.Platform is not { InfoSigner: { } info, IdentitySigner: { } identity })
        {
            return Finding.NotReached("signed collateral");
        }

        Refusal? refusal = info.CheckTime(attempt.Now) ?? identity.CheckTime(attempt.Now);
        return Finding.Of(refusal is null, RefusalReason.CertificateExpired, $"valid at {attempt.Now:u}", $"{info.Leaf.NotBefore:u} to {info.Leaf.NotAfter:u}", refusal?.Message ?? "");
    }

    private static Finding EnclaveIsTheQe(TdxAttempt attempt)
    {
        if (attempt.Platform is not { Identity: { } identity, IdentitySigner: not null })
        {
            return Finding.NotReached(NeedsIdentity);
        }

        string? difference = identity.FirstDifference(attempt.Quote.QeReport);
        return Finding.Of(difference is null, RefusalReason.EnclaveNotAccepted, $"MRSIGNER {identity.MrSigner}, product {identity.ProductId}", difference is null ? "the same" : $"another {difference}",
            $"The enclave that signed is not the quoting enclave that Intel describes: {difference} is another, or it may be debugged.");
    }

    private static Finding EnclaveReachesALevel(TdxAttempt attempt) => attempt.Platform is not { Identity.Id: EnclaveIdentity.TdxId, IdentitySigner: not null, Evaluation: { } evaluation }
        ? Finding.NotReached($"{NeedsInfo} and {NeedsIdentity}")
        : Finding.Of(evaluation.QeLevel is not null, RefusalReason.TcbNotSupported, "a level of the enclave", $"ISVSVN {attempt.Quote.QeReport.Svn}, {evaluation.QeLevel?.Status}",
            $"The quoting enclave has ISVSVN {attempt.Quote.QeReport.Svn}, below every level that Intel lists: update the platform's software.");

    private static Finding ModuleIsKnown(TdxAttempt attempt)
    {
        if (attempt.Platform?.Evaluation is not { } evaluation)
        {
            return Finding.NotReached(NeedsInfo);
        }

        byte version = attempt.Quote.Report.Svn[1];
        bool holds = evaluation is { IsModuleExpected: true, IsRunningModuleKnown: true };
        return Finding.Of(holds, RefusalReason.ModuleNotAccepted, $"a TDX module of version {version} that Intel describes", holds ? $"version {version}" : "another",
            $"Intel's TCB info does not describe a TDX module of version {version} that is signed so and has these attributes, or not the one that runs now.");
    }

    private static Finding ModuleReachesALevel(TdxAttempt attempt) => attempt.Platform?.Evaluation is not { Module: not null } evaluation ? Finding.NotReached(NeedsInfo)
        : Finding.Of(!evaluation.HasOwnLevels || evaluation.ModuleLevel is not null, RefusalReason.TcbNotSupported, "a level of the module",
            evaluation.HasOwnLevels ? $"ISVSVN {attempt.Quote.Report.Svn[0]}, {evaluation.ModuleLevel?.Status}" : "judged with the platform",
            $"The TDX module has ISVSVN {attempt.Quote.Report.Svn[0]}, below every level that Intel lists: update it.");

    private static Finding PlatformReachesALevel(TdxAttempt attempt) => attempt is not { Platform.Evaluation: { } evaluation, Pck: { } pck } ? Finding.NotReached(NeedsInfo)
        : Finding.Of(evaluation.PlatformLevel is not null, RefusalReason.TcbNotSupported, "a level of the platform",
            evaluation.PlatformLevel is { } level ? $"{level.Status} of {level.Date:yyyy-MM-dd}" : $"CPUSVN {pck.CpuSvn}, PCESVN {pck.PceSvn}, TEE_TCB_SVN {attempt.Quote.Report.TeeTcbSvn}",
            "The platform is below every level that Intel lists in one part or other, which is not 'out of date' but not supported: update firmware and microcode, then get a new PCK certificate.");
}
