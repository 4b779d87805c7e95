using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>Which trust domains an owner accepts. Debugging, reserved attributes and a revoked TCB are refused whatever it says.</summary>
public sealed record TdxPolicy
{
    /// <summary>The number of runtime measurement registers.</summary>
    public const int Registers = 4;

    /// <summary>Gets the accepted MRTD values, the launch measurement, 48 bytes each.</summary>
    public required IReadOnlyList<ByteString> MrTd { get; init; }

    /// <summary>Gets the accepted values of RTMR0 (configuration of the virtual machine), RTMR1 (kernel), RTMR2 (its command line) and RTMR3 (the system's own).</summary>
    public required IReadOnlyList<Expectation<IReadOnlyList<ByteString>>> Rtmr { get; init; }

    /// <summary>Gets the accepted MRSEAM values: measurements of the TDX module.</summary>
    public required Expectation<IReadOnlyList<ByteString>> MrSeam { get; init; }

    /// <summary>Gets the accepted MROWNER values.</summary>
    public required Expectation<IReadOnlyList<ByteString>> MrOwner { get; init; }

    /// <summary>Gets the accepted MROWNERCONFIG values.</summary>
    public required Expectation<IReadOnlyList<ByteString>> MrOwnerConfig { get; init; }

    /// <summary>Gets the accepted MRSERVICETD values; a TD report 1.0 has none and counts as zero.</summary>
    public required Expectation<IReadOnlyList<ByteString>> MrServiceTd { get; init; }

    /// <summary>Gets the demands on the attributes.</summary>
    public required Expectation<TdxAttributesPolicy> Attributes { get; init; }

    /// <summary>Gets the accepted XFAM values, 8 bytes each as they stand in a quote.</summary>
    public required Expectation<IReadOnlyList<ByteString>> Xfam { get; init; }

    /// <summary>Gets the accepted states of the TCB. That a relaunch is advised is one of them; that the TCB is revoked is never accepted.</summary>
    public required IReadOnlyList<TdxTcbStatus> TcbStatuses { get; init; }

    /// <summary>Gets the security advisories that may be open, by Intel's numbers; all others are refused.</summary>
    public required Expectation<IReadOnlyList<string>> Advisories { get; init; }

    /// <summary>Gets the least <c>tcbEvaluationDataNumber</c> of the collateral: so nobody can show an old judgement.</summary>
    public required Expectation<TdxLimit> MinimumTcbEvaluationDataNumber { get; init; }

    /// <summary>Gets how old TCB info and enclave identity may be, in seconds, though they are still valid.</summary>
    public required Expectation<TdxLimit> CollateralAge { get; init; }

    /// <summary>Gets the accepted platforms, by the platform instance id of 16 bytes.</summary>
    public required Expectation<IReadOnlyList<ByteString>> PlatformInstances { get; init; }

    /// <summary>Gets whether an event log must come with the quote.</summary>
    public required Expectation<TdxEventLog> EventLog { get; init; }

    /// <summary>Gets whether evidence below a development root is accepted; everything then says so.</summary>
    public required bool Development { get; init; }

    /// <summary>Gets the checks that the owner does without, in the order of the document.</summary>
    public IReadOnlyList<Waiver> Waivers => [.. AllWaivers().OfType<Waiver>()];

    private IEnumerable<Waiver?> AllWaivers()
    {
        for (int register = 0; register < Rtmr.Count; register++)
        {
            yield return ExpectationJson.WaiverOf($"tdx.rtmr{register}", Rtmr[register]);
        }

        yield return ExpectationJson.WaiverOf("tdx.mrSeam", MrSeam);
        yield return ExpectationJson.WaiverOf("tdx.mrOwner", MrOwner);
        yield return ExpectationJson.WaiverOf("tdx.mrOwnerConfig", MrOwnerConfig);
        yield return ExpectationJson.WaiverOf("tdx.mrServiceTd", MrServiceTd);
        yield return ExpectationJson.WaiverOf("tdx.attributes", Attributes);
        yield return ExpectationJson.WaiverOf("tdx.xfam", Xfam);
        yield return ExpectationJson.WaiverOf("tdx.advisories", Advisories);
        yield return ExpectationJson.WaiverOf("tdx.minimumTcbEvaluationDataNumber", MinimumTcbEvaluationDataNumber);
        yield return ExpectationJson.WaiverOf("tdx.collateralAge", CollateralAge);
        yield return ExpectationJson.WaiverOf("tdx.platformInstances", PlatformInstances);
        yield return ExpectationJson.WaiverOf("tdx.eventLog", EventLog);
    }
}
