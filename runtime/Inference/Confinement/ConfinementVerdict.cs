using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Confinement;

/// <summary>What trying gave.</summary>
/// <param name="Refusal">What did not hold; null when everything did.</param>
/// <param name="MemoryLocked">Whether no page can go to a disk.</param>
internal sealed record ConfinementVerdict(Refusal? Refusal, bool MemoryLocked)
{
    /// <summary>Takes the network and the dumps away from this process, on all of its threads, and tries whether they are gone.</summary>
    public static ConfinementVerdict Confine()
    {
        bool locked = ProcessHardening.Apply();
        if (SystemCalls.Current is { } calls)
        {
            // A kernel that does not take the filter shows in the proof.
            _ = SeccompFilter.TryInstall(calls);
        }

        return new ConfinementVerdict(ConfinementProof.Try(), locked);
    }
}
