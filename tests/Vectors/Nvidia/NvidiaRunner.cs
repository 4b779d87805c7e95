using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Attestation.Nvidia.Ocsp;
using ConfidentialOperator.Attestation.Nvidia.Spdm;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Vectors;

/// <summary>GPUs and NVSwitches: a report with its chain, reference values beside it, and OCSP responses on their own.</summary>
internal sealed class NvidiaRunner : ITeeRunner
{
    private const string ReportFile = "report.bin";
    private const string ChainFile = "cert_chain.pem";
    private const string DriverFile = "driver_rim.xml";
    private const string VbiosFile = "vbios_rim.xml";
    private const string Device = "gpu0";
    private const string NoDemand = "the case makes no demand";

    public string Tee => "nvidia";

    public IReadOnlyDictionary<string, RefusalReason[]> Reasons { get; } = new Dictionary<string, RefusalReason[]>(StringComparer.Ordinal)
    {
        ["bad-chain"] = [RefusalReason.ChainUntrusted, RefusalReason.Malformed],
        ["bad-field"] = [RefusalReason.ReportMalformed],
        ["bad-signature"] = [RefusalReason.SignatureInvalid],
        ["expired"] = [RefusalReason.CertificateExpired],
        ["fwid-mismatch"] = [RefusalReason.CertificateTcbMismatch],
        ["malformed"] = [RefusalReason.ReportMalformed, RefusalReason.ReferenceValuesInvalid, RefusalReason.TooLarge],
        ["nonce-mismatch"] = [RefusalReason.NonceMismatch],
        ["not-yet-valid"] = [RefusalReason.CertificateExpired],
        ["ocsp-bad-signature"] = [RefusalReason.RevocationListInvalid],
        ["ocsp-stale"] = [RefusalReason.RevocationListInvalid],
        ["ocsp-unknown"] = [RefusalReason.RevocationListInvalid],
        ["ok-or-reject"] = [RefusalReason.ReportMalformed],
        ["revoked"] = [RefusalReason.CertificateRevoked],
        ["revoked-hold"] = [RefusalReason.CertificateRevoked],
        ["rim-bad-chain"] = [RefusalReason.ChainUntrusted],
        ["rim-bad-signature"] = [RefusalReason.SignatureInvalid],
        ["rim-cert-expired"] = [RefusalReason.CertificateExpired],
        ["rim-mismatch"] = [RefusalReason.ReferenceValuesMismatch],
        ["rim-missing"] = [RefusalReason.ReferenceValuesInvalid],
        ["unsupported-version"] = [RefusalReason.Unsupported],
        ["untrusted-root"] = [RefusalReason.ChainUntrusted],
    };

    public VectorOutcome Judge(VectorCase given)
    {
        bool checkRim = given.Policy.TakeBoolean("check_rim") ?? false;
        bool checkOcsp = given.Policy.TakeBoolean("check_ocsp") ?? false;
        ByteString? nonce = given.Policy.TakeHex("nonce");
        IReadOnlyList<string> rims = given.Policy.TakeTexts("rims") ?? ["driver", "vbios"];
        OcspStatus? simulated = Simulated(given.Policy.TakeText("simulate_ocsp"));
        bool allowHold = given.Policy.TakeBoolean("allow_hold") ?? false;
        bool allowExpired = given.Policy.TakeBoolean("allow_expired_rim") ?? false;
        if (!given.Files.Has(ReportFile))
        {
            return NvidiaResponses.Judge(given);
        }

        if (!SpdmReport.TryParse(new ByteString(given.ReadEvidence(ReportFile)), out SpdmReport? report, out Refusal? refusal))
        {
            return new(refusal);
        }

        IReadOnlyList<string> wrong = given.Kind == "real" ? NvidiaFacts.Compare(given.Facts, report) : [];
        (AuthenticDevice? device, RuleResult[] results) = NvidiaVerifier.Authenticate(report, new ByteString(given.Files.Read(ChainFile)), null, given.Roots(), given.At, Device);
        if (device is null)
        {
            return VectorOutcome.Of(results) with { WrongValues = wrong };
        }

        if (given.CheckAnchor(device.IsDevelopment) is { } stranger)
        {
            return new(stranger);
        }

        string? unknown = rims.FirstOrDefault(rim => rim is not ("driver" or "vbios"));
        GpuPolicy policy = unknown is not null ? throw new VectorException($"policy key 'rims' has the unknown entry '{unknown}'") : ToPolicy(device) with
        {
            DriverRim = Rim(checkRim && rims.Contains("driver"), allowExpired),
            VbiosRim = Rim(checkRim && rims.Contains("vbios"), allowExpired),
            Revocation = checkOcsp || simulated is not null ? Expect.Required(new GpuRevocation(GpuRevocation.Greatest, allowHold)) : Expect.Waived<GpuRevocation>(NoDemand),
        };
        return VectorOutcome.Of([.. results, .. Appraise(given, device, policy, nonce ?? device.Nonce, simulated)]) with { WrongValues = wrong };
    }

    private static IReadOnlyList<RuleResult> Appraise(VectorCase given, AuthenticDevice device, GpuPolicy policy, ByteString nonce, OcspStatus? simulated)
    {
        Collateral[] collateral =
        [
            .. given.Files.Names.Where(name => name is DriverFile or VbiosFile || name.EndsWith(".der", StringComparison.Ordinal))
                .Select(name => new Collateral(name switch { DriverFile => DeviceVerifier.DriverRimKind, VbiosFile => DeviceVerifier.VbiosRimKind, _ => DeviceVerifier.OcspKind },
                    new ByteString(given.Files.Read(name)))),
        ];
        var appraisal = new DeviceAppraisal(policy, nonce, DeviceCollateral.Read(collateral, given.Roots()), given.At);
        return (simulated is not { } status ? appraisal : new DeviceAppraisal(policy, nonce, DeviceCollateral.Read(collateral, given.Roots()), given.At)
        {
            // The key of NVIDIA's responder is not here, so the word of it that the case asks for stands where its response would.
            Find = (_, _) => [new OcspFinding(new OcspAnswer(status, given.At, given.At.AddDays(1)), "")],
        }).Appraise(device, Device);
    }

    private static OcspStatus? Simulated(string? name) => name switch
    {
        null => null,
        "certificateHold" => OcspStatus.OnHold,
        "good" => OcspStatus.Good,
        "revoked" => OcspStatus.Revoked,
        "unknown" => OcspStatus.Unknown,
        _ => throw new VectorException($"policy key 'simulate_ocsp' has the unknown value '{name}'"),
    };

    private static Expectation<GpuReferenceValues> Rim(bool isDemanded, bool allowExpired) =>
        isDemanded ? Expect.Required(new GpuReferenceValues(allowExpired)) : Expect.Waived<GpuReferenceValues>(NoDemand);

    private static GpuPolicy ToPolicy(AuthenticDevice device) => new()
    {
        Count = new GpuCount(1, 0),
        Architectures = [device.Architecture],
        DriverVersions = Expect.Waived<IReadOnlyList<string>>(NoDemand),
        VbiosVersions = Expect.Waived<IReadOnlyList<string>>(NoDemand),
        DriverRim = Rim(false, false),
        VbiosRim = Rim(false, false),
        Revocation = Expect.Waived<GpuRevocation>(NoDemand),
        Modes = Expect.Waived<IReadOnlyList<GpuMode>>(NoDemand),
        Development = true,
    };
}
