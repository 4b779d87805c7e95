using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Vectors;

namespace ConfidentialOperator.Attestation.Tests.Mutation;

/// <summary>What the tests prove about verdicts, without their runner: <c>make mutate</c> asks it about changed libraries.</summary>
internal static class QuickProof
{
    /// <summary>Returns the first thing that is wrong; null when nothing is.</summary>
    /// <param name="vectors">The folder of recorded evidence; empty for none.</param>
    public static string? FindFault(string vectors)
    {
        foreach (IRuleSuite suite in RuleSuites.All)
        {
            foreach (RuleCase given in suite.Cases)
            {
                string found = RuleSuites.Verdict(suite.Run(given, null));
                if (found != (given.Rule is null ? "" : $"{given.Rule}: {given.Reason}"))
                {
                    return $"{suite.List.Title} '{given.Name}': {found}";
                }
            }
        }

        foreach (ITeeRunner runner in vectors.Length == 0 ? [] : VectorRun.AllRunners)
        {
            if (new VectorRun([runner]).Over(VectorSet.Open(vectors), tee: runner.Tee).Wrong is [string first, ..])
            {
                return first;
            }
        }

        return null;
    }
}
