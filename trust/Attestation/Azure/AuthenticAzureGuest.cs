using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Azure;

/// <summary>
/// A confidential VM of Azure that the hardware, or a development root, vouches for: its paravisor by the hardware's report, what was started by the PCRs. What
/// the evidence is bound to stands in the quote's <c>extraData</c>, which is given back with the zeros that were left out.
/// </summary>
public sealed class AuthenticAzureGuest : AuthenticEvidence
{
    private readonly AzureGuestEvidence _evidence;
    private readonly RuntimeData _runtime;

    internal AuthenticAzureGuest(AzureAttempt attempt, AuthenticEvidence hardware, IReadOnlyList<RuleResult> results)
        : base(hardware.IsDevelopment, hardware.ValidUntil, results)
    {
        _evidence = attempt.Evidence;
        _runtime = attempt.Runtime!;
        Hardware = hardware;
        ReportData = PaddedReportData.Of(attempt.Evidence.Quote.ExtraData.Span);
    }

    /// <inheritdoc/>
    public override TeeKind Tee => _evidence.Tee;

    /// <inheritdoc/>
    public override ByteString ReportData { get; }

    /// <summary>Gets the launch measurement of the paravisor.</summary>
    public override ByteString Measurement => Hardware.Measurement;

    /// <summary>Gets that none is reported: PCR 8 is what extending it once by the digest gives (<see cref="ShowsInitData"/>).</summary>
    public override ByteString InitDataDigest => ByteString.Empty;

    /// <inheritdoc/>
    public override string Platform => $"Azure, {Hardware.Platform}";

    /// <inheritdoc/>
    public override string Tcb => Hardware.Tcb;

    /// <inheritdoc/>
    public override ByteString HardwareId => Hardware.HardwareId;

    /// <summary>Gets the hardware's report.</summary>
    public AuthenticEvidence Hardware { get; }

    /// <summary>Gets the VM's id; empty when the paravisor does not say it.</summary>
    public string VmId => _runtime.VmId;

    /// <summary>Returns a PCR of the SHA-256 bank; null when the quote does not cover it.</summary>
    public ByteString? Pcr(int index) => _evidence.Quote.Covers(index) ? _evidence.Pcrs[index] : null;

    /// <inheritdoc/>
    public override bool? ShowsInitData(ByteString digest)
    {
        ArgumentNullException.ThrowIfNull(digest);
        return Pcr(AzureChecks.InitDataPcr) is { } pcr && pcr.Equals(SHA256.HashData([.. new byte[AzureEvidence.PcrSize], .. digest.Span]));
    }

    internal override IReadOnlyList<RuleResult> Appraise(AppraisalInputs inputs)
    {
        var common = new CommonSubject(this, inputs);
        return
        [
            .. CommonChecks.Bound.Apply(common), .. CommonChecks.Policy.Apply(common),
            .. _evidence.Hardware.Appraise(Hardware, inputs), .. AzureChecks.OfOwner.Apply(AzureSubject.Of(this, inputs)),
        ];
    }

    internal override JsonObject WriteClaims()
    {
        JsonObject claims = Hardware.WriteClaims();
        var pcrs = new JsonObject();
        for (int index = 0; index < AzureEvidence.PcrCount; index++)
        {
            if (Pcr(index) is { } pcr)
            {
                pcrs[index.ToString(CultureInfo.InvariantCulture)] = pcr.ToString();
            }
        }

        claims["pcrs"] = pcrs;
        claims["vm"] = new JsonObject
        {
            ["id"] = PlainText.Of(_runtime.VmId),
            ["secureBoot"] = _runtime.SecureBoot,
            ["console"] = _runtime.Console,
        };
        return claims;
    }
}
