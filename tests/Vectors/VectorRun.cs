using System.Text.Json;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Vectors;

/// <summary>Runs a set and counts: every case is right or wrong, and each wrong one has a line that says why.</summary>
internal sealed class VectorRun(IReadOnlyList<ITeeRunner> runners)
{
    private const string UntrustedRoot = "untrusted-root";

    private readonly List<string> _wrong = [];

    public static IReadOnlyList<ITeeRunner> AllRunners { get; } =
    [
        .. typeof(VectorRun).Assembly.GetTypes().Where(type => type.IsClass && !type.IsAbstract && type.IsAssignableTo(typeof(ITeeRunner)))
            .OrderBy(type => type.FullName, StringComparer.Ordinal).Select(type => (ITeeRunner)Activator.CreateInstance(type)!),
    ];

    public int Right { get; private set; }

    public IReadOnlyList<string> Wrong => _wrong;

    /// <summary>Gets whether a refusal of a derived case must be for the stated reason too, which the set does not demand.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Judges the cases of a set.</summary>
    /// <param name="set">The set.</param>
    /// <param name="selects">Which names; null for all.</param>
    /// <param name="tee">Which kind of evidence; null for all.</param>
    public VectorRun Over(VectorSet set, Func<string, bool>? selects = null, string? tee = null)
    {
        foreach ((string name, Func<VectorCase> read) in set.Cases(tee).Where(entry => selects?.Invoke(entry.Name) ?? true))
        {
            if (FindFault(read) is { } fault)
            {
                _wrong.Add($"{name}: {fault}");
            }
            else
            {
                Right++;
            }
        }

        return this;
    }

    private string? FindFault(Func<VectorCase> read)
    {
        try
        {
            VectorCase given = read();
            ITeeRunner runner = runners.FirstOrDefault(runner => runner.Tee == given.Tee) ?? throw new VectorException($"tee '{given.Tee}' has no runner");
            VectorOutcome outcome = runner.Judge(given);
            return given.Policy.Left.Count == 0 ? Compare(given, runner, outcome)
                : $"policy key '{string.Join("', '", given.Policy.Left.Order(StringComparer.Ordinal))}' is not known for {given.Tee}";
        }
        catch (Exception exception) when (exception is VectorException or JsonException or KeyNotFoundException or FormatException)
        {
            return $"not understood: {exception.Message}";
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return $"threw {exception.GetType().Name}: {exception.Message}";
        }
    }

    private string? Compare(VectorCase given, ITeeRunner runner, VectorOutcome outcome)
    {
        string expected = $"expected {given.Verdict} ({given.Code})";
        string got = outcome.Refusal is { } refusal ? $"got reject ({refusal.Reason}: {refusal.Message})" : "got accept";
        if (given.Verdict != "either" && outcome.IsAccepted != (given.Verdict == "accept"))
        {
            return $"{expected}, {got}";
        }

        if (given.Verdict == "reject" && MustNameTheReason(given) && !Means(given, runner).Contains(outcome.Refusal!.Reason))
        {
            return $"{expected}, {got}: that is another reason";
        }

        return given.TcbStatus is { } status && outcome.TcbStatus != status ? $"expected TCB status {status}, found {outcome.TcbStatus ?? "none"}; {got}"
            : outcome.WrongValues.Count > 0 ? $"values that were read wrong: {string.Join("; ", outcome.WrongValues)}" : null;
    }

    private bool MustNameTheReason(VectorCase given) => !given.CodeMayVary && (given.Kind != "derived" || IsStrict);

    /// <summary>
    /// Returns the reasons that are right. Below the vendors' roots, what is wrong with an item anyway may be found before its chain is; and the negative
    /// evidence of other people is often below no root at all.
    /// </summary>
    private static RefusalReason[] Means(VectorCase given, ITeeRunner runner) => given switch
    {
        { HasOwnRoot: false, Code: UntrustedRoot, OwnCode: { } own } => [.. Means(runner, UntrustedRoot), .. Means(runner, own)],
        { Kind: "upstream-negative" } when runner.Reasons.ContainsKey(UntrustedRoot) => [.. Means(runner, given.Code), .. Means(runner, UntrustedRoot)],
        _ => Means(runner, given.Code),
    };

    private static RefusalReason[] Means(ITeeRunner runner, string code) =>
        runner.Reasons.TryGetValue(code, out RefusalReason[]? reasons) ? reasons : throw new VectorException($"code '{code}' is not known for {runner.Tee}");
}
