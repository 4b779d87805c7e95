using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>The six conditions that Ready sums up, and the sum.</summary>
internal sealed record Findings
{
    public required Finding SpecValid { get; init; }

    public required Finding PlacementReady { get; init; }

    public required Finding ModelResolved { get; init; }

    public required Finding AttestationReady { get; init; }

    public required Finding KeyReleased { get; init; }

    public required Finding WorkloadsReady { get; init; }

    public IReadOnlyList<Finding> All => [SpecValid, PlacementReady, ModelResolved, AttestationReady, KeyReleased, WorkloadsReady];

    /// <summary>Gets the worst that stands in the way: first what a person must mend, then what fails, then what is awaited; null when nothing does.</summary>
    public Finding? Worst => All.FirstOrDefault(finding => finding.IsStalled)
        ?? All.FirstOrDefault(finding => finding.Status == Finding.False)
        ?? All.FirstOrDefault(finding => finding.Status == Finding.Unknown);

    public Finding Ready => Worst is { } worst ? worst : Finding.Holds("Attested replicas serve the model.", RefusalReason.Serving);

    public Finding Reconciling => Worst is { IsStalled: false } worst
        ? Finding.Holds(worst.Message, worst.Reason)
        : new Finding(Finding.False, RefusalReason.Satisfied, "Nothing is under way.");

    public Finding Stalled => Worst is { IsStalled: true } worst
        ? Finding.Holds(worst.Message, worst.Reason)
        : new Finding(Finding.False, RefusalReason.Satisfied, "Nothing waits for a person.");

    /// <summary>Gets the conditions in the order in which they are shown.</summary>
    public IReadOnlyList<(string Type, Finding Finding)> Conditions() =>
    [
        (nameof(SpecValid), SpecValid), (nameof(PlacementReady), PlacementReady), (nameof(ModelResolved), ModelResolved),
        (nameof(AttestationReady), AttestationReady), (nameof(KeyReleased), KeyReleased), (nameof(WorkloadsReady), WorkloadsReady),
        (nameof(Reconciling), Reconciling), (nameof(Stalled), Stalled), (nameof(Ready), Ready),
    ];
}
