using ConfidentialOperator.Protocol.Contracts;

namespace ConfidentialOperator.Controller.Broker;

/// <summary>The newest that broker and pods said of a model.</summary>
/// <param name="Broker">The broker's word; when it cannot be asked any more, the last statement stays beside the refusal.</param>
/// <param name="Sidecars">The status of pods that are not ready, by uid.</param>
internal sealed record Observation(BrokerReading Broker, IReadOnlyDictionary<string, SidecarStatus> Sidecars)
{
    /// <summary>Gets whether another observation would be judged in the same way; times and progress do not matter.</summary>
    public bool Equals(Observation? other) => other is not null && Digest() == other.Digest();

    public override int GetHashCode() => Digest().GetHashCode(StringComparison.Ordinal);

    private string Digest() => string.Join('\n',
    [
        Broker.Refusal?.ToString() ?? "",
        Broker.Statement is { } statement ? $"{statement.PolicySha256} {statement.PolicyVersion} {statement.NotAfter} {statement.Development}" : "",
        .. Broker.Statement?.Attestations.OrderBy(entry => entry.Replica, StringComparer.Ordinal)
            .Select(entry => $"{entry.Replica} {entry.Outcome} {entry.Reason} {entry.Message} {entry.Measurement} {entry.Tcb}") ?? [],
        .. Sidecars.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => $"{entry.Key} {entry.Value.Phase} {entry.Value.Reason} {entry.Value.Message}"),
    ]);
}
