using ConfidentialOperator.Attestation.Nvidia.Ocsp;
using ConfidentialOperator.Attestation.Nvidia.Rim;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Nvidia;

/// <summary>Asks the owner's rules about authentic devices of one guest.</summary>
internal sealed class DeviceAppraisal(GpuPolicy policy, ByteString nonce, DeviceCollateral collateral, DateTimeOffset now)
{
    private const int BootRomAt = 1;

    /// <summary>Gets who is asked about certificates; by default the OCSP responses that were given.</summary>
    public Func<Certificates.Certificate, Certificates.Certificate, IReadOnlyList<OcspFinding>> Find { get; init; } =
        (certificate, issuer) => collateral.Responses.Find(certificate, issuer, now);

    public IReadOnlyList<RuleResult> Appraise(AuthenticDevice device, string about)
    {
        var results = new List<RuleResult>(DeviceChecks.All.Apply(new DeviceSubject(device, policy, nonce), about));
        AddRevocation(results, "device", device.Path, BootRomAt, about);
        RimDocument? driver = AddSteps(results, policy.DriverRim, RimKind.Driver, device, about);
        RimDocument? vbios = AddSteps(results, policy.VbiosRim, RimKind.Vbios, device, about);
        AddComparison(results, policy.DriverRim, new RimSubject(device, RimKind.Driver, driver?.Content, vbios?.Content), about);
        AddComparison(results, policy.VbiosRim, new RimSubject(device, RimKind.Vbios, vbios?.Content, driver?.Content), about);
        return results;
    }

    /// <summary>Runs the steps about one document; returns it when NVIDIA vouches for it.</summary>
    private RimDocument? AddSteps(List<RuleResult> results, Expectation<GpuReferenceValues> demand, RimKind kind, AuthenticDevice device, string about)
    {
        if (kind == RimKind.Driver && device.Architecture.IsSwitch())
        {
            return null;
        }

        string what = kind == RimKind.Driver ? "driver" : "VBIOS";
        if (demand.IsWaived)
        {
            string reason = $"{what}: {demand.WaivedBecause}";
            results.AddRange([.. RimSteps.All.Waive(reason, about), .. RimChecks.All.Waive(reason, about)]);
            return null;
        }

        RimDocument? document = collateral.Choose(device, kind);
        RuleResult[] steps = RimSteps.All.Apply(new RimAttempt(what, document, demand.Value.ExpiredSigner, now) { IsForDevelopment = device.IsDevelopment }, about);
        results.AddRange(steps);
        if (document?.Path is { } path)
        {
            AddRevocation(results, $"signer of the {what}'s reference values", path, 0, about);
        }

        return document is { IsSound: true } && Array.TrueForAll(steps, step => step.IsFine) ? document : null;
    }

    private static void AddComparison(List<RuleResult> results, Expectation<GpuReferenceValues> demand, RimSubject subject, string about)
    {
        if (!demand.IsWaived && !(subject.Kind == RimKind.Driver && subject.Device.Architecture.IsSwitch()))
        {
            results.AddRange(RimChecks.All.Apply(subject, about));
        }
    }

    private void AddRevocation(List<RuleResult> results, string what, Certificates.CertificatePath path, int first, string about)
    {
        if (!policy.Revocation.IsWaived)
        {
            results.AddRange(OcspChecks.All.Apply(OcspSubject.Of(what, path, first, Find, policy.Revocation.Value, now), about));
        }
        else if (first == BootRomAt)
        {
            results.AddRange(OcspChecks.All.Waive(policy.Revocation.WaivedBecause, about));
        }
    }
}
