using ConfidentialOperator.Attestation.Nvidia.Spdm;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Nvidia;

/// <summary>
/// The verifier of GPUs and NVSwitches:
/// <code>
/// DeviceVerdict verdict = DeviceVerifier.Verify(document.DeviceEvidence.Span, policy, ReportBinding.DeviceNonce(nonce, keyset), collateral, TrustRoots.BuiltIn, now);
/// </code>
/// Collateral has kinds: <c>driver-rim</c> and <c>vbios-rim</c> (XML), <c>ocsp</c> (DER). It is pure: no network, clock or file.
/// </summary>
public static class DeviceVerifier
{
    /// <summary>The kind of collateral that holds reference values of a driver.</summary>
    public const string DriverRimKind = "driver-rim";

    /// <summary>The kind of collateral that holds reference values of a VBIOS or a switch's BIOS.</summary>
    public const string VbiosRimKind = "vbios-rim";

    /// <summary>The kind of collateral that holds an OCSP response.</summary>
    public const string OcspKind = "ocsp";

    /// <summary>The subject of the rules about all devices together.</summary>
    public const string AllDevices = "devices";

    /// <summary>Verifies a list of devices.</summary>
    /// <param name="deviceEvidence">The JSON list of evidence, as it was bound.</param>
    /// <param name="policy">The owner's rules for devices.</param>
    /// <param name="nonce">What every device must answer, 32 bytes.</param>
    /// <param name="collateral">Reference values and OCSP responses from anyone.</param>
    /// <param name="roots">The accepted roots.</param>
    /// <param name="now">The time.</param>
    public static DeviceVerdict Verify(ReadOnlySpan<byte> deviceEvidence, GpuPolicy policy, ByteString nonce, IReadOnlyList<Collateral> collateral, TrustRoots roots, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(nonce);
        ArgumentNullException.ThrowIfNull(collateral);
        ArgumentNullException.ThrowIfNull(roots);
        return NvidiaDeviceEvidence.TryParseList(deviceEvidence, out IReadOnlyList<NvidiaDeviceEvidence>? devices, out Refusal? refusal)
            ? Verify(devices, policy, nonce, collateral, roots, now) : new DeviceVerdict([], [ReadingStep.DeviceLayout.Apply(refusal, AllDevices)]);
    }

    /// <summary>Verifies devices whose evidence was read.</summary>
    /// <param name="devices">The evidence.</param>
    /// <param name="policy">The owner's rules for devices.</param>
    /// <param name="nonce">What every device must answer, 32 bytes.</param>
    /// <param name="collateral">Reference values and OCSP responses from anyone.</param>
    /// <param name="roots">The accepted roots.</param>
    /// <param name="now">The time.</param>
    public static DeviceVerdict Verify(IReadOnlyList<NvidiaDeviceEvidence> devices, GpuPolicy policy, ByteString nonce, IReadOnlyList<Collateral> collateral, TrustRoots roots,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(devices);
        var appraisal = new DeviceAppraisal(policy, nonce, DeviceCollateral.Read(collateral, roots), now);
        var authentic = new List<AuthenticDevice>();
        var results = new List<RuleResult>();
        (int gpus, int switches) = (0, 0);
        foreach (NvidiaDeviceEvidence evidence in devices)
        {
            string about = evidence.Architecture.IsSwitch() ? $"nvswitch{switches++}" : $"gpu{gpus++}";
            bool isSound = SpdmReport.TryParse(evidence.Report, out SpdmReport? report, out Refusal? refusal);
            results.Add(ReadingStep.DeviceLayout.Apply(refusal, about));
            if (isSound)
            {
                (AuthenticDevice? device, RuleResult[] steps) = NvidiaVerifier.Authenticate(report!, evidence.Certificates, evidence.Architecture, roots, now, about);
                results.AddRange(steps);
                if (device is not null)
                {
                    authentic.Add(device);
                    results.AddRange(appraisal.Appraise(device, about));
                }
            }
        }

        results.AddRange(MachineChecks.All.Apply(new MachineSubject(devices.Count, authentic, policy), AllDevices));
        return new DeviceVerdict(authentic, results);
    }
}
