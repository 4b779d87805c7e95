using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Controller.Reconciling.Rules;

/// <summary>What must be right before anything is created: these findings need nothing but the resource and what it names.</summary>
internal static class PreconditionRules
{
    private const int LongestMessage = 4000;

    public static Finding SpecValid(ModelState state) => state.Errors.Count == 0
        ? Finding.Holds("The specification is valid.")
        : Finding.Fails(RefusalReason.SpecInvalid, Cut(string.Join("; ", state.Errors)));

    public static Finding Placement(ModelState state)
    {
        if (state.Rendered is not { } rendered)
        {
            return Finding.Waits(RefusalReason.Pending, "The specification is not valid.");
        }

        if (!state.RuntimeClassExists)
        {
            return Finding.Fails(
                RefusalReason.RuntimeClassNotFound,
                $"RuntimeClass {rendered.RuntimeClassName} does not exist; install it, or name another one in spec.placement.runtimeClassName.");
        }

        return state.Present.FirstOrDefault(pod => pod.HasNoNode) is { } pod
            ? Finding.Fails(RefusalReason.NoSuitableNode, $"No node can run pod {pod.Key.Name}; its events say what nodes lack.")
            : Finding.Holds("The cluster has what the pods ask for.");
    }

    /// <summary>Gets why the model cannot be fetched at all; null when it can.</summary>
    public static Finding? Source(ModelState state)
    {
        string scheme = state.Model?.Spec.Model.Uri.Split("://")[0] ?? "";
        return state.Model is null || state.ModelSources.Contains(scheme)
            ? null
            : Finding.Fails(
                RefusalReason.ModelSourceUnsupported,
                $"spec.model.uri begins with {scheme}://, which this version cannot fetch; it can fetch {string.Join(", ", state.ModelSources.Select(source => source + "://"))}.");
    }

    /// <summary>Gets which object is missing that the specification names; null when all are there.</summary>
    public static Finding? References(ModelState state) =>
        state.Authority.Refusal is { } authority ? Finding.Fails(authority)
        : state.Policy.Refusal is { } policy ? Finding.Fails(policy)
        : state.SourceAccess.Refusal is { } source ? Finding.Fails(source)
        : null;

    /// <summary>Gets which of our names is taken; null when none is.</summary>
    public static Finding? Names(ModelState state) => state.Children.FirstOrDefault(child => child.IsForeignTo(state.Resource.Uid)) is { } taken
        ? Finding.Fails(
            RefusalReason.NameTaken,
            $"{taken.Type.Kind} {taken.Key.Name} exists and does not belong to this resource; delete it, or give the resource another name.")
        : null;

    /// <summary>Gets whether objects may be created and changed.</summary>
    public static bool AllowWork(ModelState state) =>
        state.Rendered is not null && state.RuntimeClassExists && Source(state) is null && References(state) is null && Names(state) is null;

    private static string Cut(string text) => text.Length <= LongestMessage ? text : text[..LongestMessage];
}
