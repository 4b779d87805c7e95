using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation;

/// <summary>What is asked of a guest's devices, when the owner's policy demands any.</summary>
/// <param name="Evidence">The JSON list of their evidence, as the CPU's evidence binds it: <c>[]</c> for none.</param>
/// <param name="Nonce">What every device must answer, 32 bytes, computed by the asker.</param>
public sealed record DeviceQuestion(ByteString Evidence, ByteString Nonce)
{
    /// <summary>Gets reference values and OCSP responses from anyone.</summary>
    public IReadOnlyList<Collateral> Collateral { get; init; } = [];

    /// <summary>
    /// Returns the verdict on the devices; null when the policy demands none. A policy that demands devices is never met by silence: no question is a guest
    /// without devices.
    /// </summary>
    internal static DeviceVerdict? Judge(DeviceQuestion? question, TrustPolicy policy, TrustRoots roots, DateTimeOffset now) => policy.Gpu is not { } demand ? null
        : question is null ? DeviceVerifier.Verify((IReadOnlyList<NvidiaDeviceEvidence>)[], demand, new ByteString(new byte[ReportBinding.NonceSize]), [], roots, now)
        : DeviceVerifier.Verify(question.Evidence.Span, demand, question.Nonce, question.Collateral, roots, now);
}
