using ConfidentialOperator.Attestation.Nvidia.Rim;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Vectors;

/// <summary>NVIDIA's reference values on their own.</summary>
internal sealed class NvidiaRimRunner : ITeeRunner
{
    private const string RimFile = "rim.xml";

    public string Tee => "nvidia-rim";

    public IReadOnlyDictionary<string, RefusalReason[]> Reasons { get; } = new Dictionary<string, RefusalReason[]>(StringComparer.Ordinal)
    {
        ["malformed"] = [RefusalReason.ReferenceValuesInvalid],
        ["rim-bad-chain"] = [RefusalReason.ChainUntrusted],
        ["rim-bad-signature"] = [RefusalReason.SignatureInvalid],
        ["rim-cert-expired"] = [RefusalReason.CertificateExpired],
        ["untrusted-root"] = [RefusalReason.ChainUntrusted],
    };

    public VectorOutcome Judge(VectorCase given)
    {
        // The defaults of devices hold for their reference values too, and demand nothing more of them.
        _ = given.Policy.TakeBoolean("check_rim");
        _ = given.Policy.TakeBoolean("check_ocsp");
        bool allowExpired = given.Policy.TakeBoolean("allow_expired_rim") ?? false;
        var document = RimDocument.Read(new ByteString(given.ReadEvidence(RimFile)), given.Roots());
        // Whether a case's own root may vouch for it is asked first, so that no device is needed to say so.
        return document.Path is { } path && given.CheckAnchor(path.IsDevelopment) is { } stranger ? new(stranger)
            : VectorOutcome.Of(RimSteps.All.Apply(new RimAttempt("device", document, allowExpired, given.At) { IsForDevelopment = true }));
    }
}
