using System.Globalization;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Nitro;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Vectors;

/// <summary>AWS Nitro: a document, which brings its certificates. Debugging is refused by the product whatever a policy says; a case that allows it is judged without that refusal.</summary>
internal sealed class NitroRunner : ITeeRunner
{
    private const string EvidenceFile = "attestation.cbor";
    private const string NoDemand = "the case makes no demand";

    public string Tee => "nitro";

    public IReadOnlyDictionary<string, RefusalReason[]> Reasons { get; } = new Dictionary<string, RefusalReason[]>(StringComparer.Ordinal)
    {
        ["bad-algorithm"] = [RefusalReason.Unsupported],
        ["bad-chain"] = [RefusalReason.ChainUntrusted],
        ["bad-field"] = [RefusalReason.ReportMalformed],
        ["bad-signature"] = [RefusalReason.SignatureInvalid],
        ["debug-enclave"] = [RefusalReason.DebugAllowed],
        ["expired"] = [RefusalReason.CertificateExpired],
        ["malformed"] = [RefusalReason.ReportMalformed, RefusalReason.TooLarge],
        ["measurement-mismatch"] = [RefusalReason.MeasurementNotAccepted],
        ["nonce-mismatch"] = [RefusalReason.NonceMismatch],
        ["not-yet-valid"] = [RefusalReason.CertificateExpired],
        ["ok-or-reject"] = [RefusalReason.ReportMalformed],
        ["stale"] = [RefusalReason.EvidenceStale],
        ["untrusted-root"] = [RefusalReason.ChainUntrusted],
        ["user-data-mismatch"] = [RefusalReason.ReportDataMismatch],
    };

    public VectorOutcome Judge(VectorCase given)
    {
        bool allowDebug = given.Policy.TakeBoolean("allow_debug") ?? false;
        int? age = given.Policy.TakeNumber("max_age_seconds");
        ByteString? nonce = given.Policy.TakeHex("nonce_hex");
        ByteString? userData = given.Policy.TakeHex("user_data_hex");
        IReadOnlyDictionary<string, ByteString>? pcrs = given.Policy.TakeHexByName("pcrs");
        if (!NitroDocument.TryParse(given.ReadEvidence(EvidenceFile), out NitroDocument? document, out Refusal? refusal))
        {
            return new(refusal);
        }

        IReadOnlyList<string> wrong = given.Kind == "real" ? NitroFacts.Compare(given.Facts, document) : [];
        Authentication authentication = NitroVerifier.Authenticate(document, given.Roots(), given.At);
        if (authentication.Evidence is not AuthenticNitroDocument authentic)
        {
            return VectorOutcome.Of(authentication.Results) with { WrongValues = wrong };
        }

        if (given.CheckAnchor(authentic.IsDevelopment) is { } stranger)
        {
            return new(stranger);
        }

        TrustPolicy policy = RecordedOwner.Policy with { Nitro = ToPolicy(pcrs, age, document) };
        var subject = new NitroSubject(
            authentic, new AppraisalInputs(RecordedOwner.Sign(policy), userData ?? document.UserData ?? ByteString.Empty, given.At), policy.Nitro)
        { Nonce = nonce };
        return VectorOutcome.Of([.. authentic.Results, .. NitroChecks.Run(subject).Where(result => !Tolerates(result))]) with { WrongValues = wrong };

        bool Tolerates(RuleResult result) => allowDebug && result.Reason == RefusalReason.DebugAllowed;
    }

    /// <summary>PCR0 is always demanded: a case that does not is judged as if it named the one that is there.</summary>
    private static NitroPolicy ToPolicy(IReadOnlyDictionary<string, ByteString>? demanded, int? age, NitroDocument document)
    {
        var pcrs = Enumerable.Range(0, NitroPolicy.LastNamedPcr + 1).ToDictionary(index => index, _ => Expect.Waived<IReadOnlyList<ByteString>>(NoDemand));
        pcrs[0] = Expect.AnyOf(document.Pcr(0) ?? new ByteString(new byte[48]));
        foreach ((string index, ByteString value) in demanded ?? new Dictionary<string, ByteString>())
        {
            pcrs[int.Parse(index, NumberStyles.None, CultureInfo.InvariantCulture)] = Expect.AnyOf(value);
        }

        return new NitroPolicy
        {
            Pcrs = pcrs,
            MaximumAge = age is null ? Expect.Waived<NitroAge>(NoDemand) : Expect.Required(new NitroAge(age.Value)),
            InitData = Expect.Waived<NitroInitData>(NoDemand),
            Development = true,
        };
    }
}
