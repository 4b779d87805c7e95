namespace ConfidentialOperator.Fuzz;

/// <summary>Every target of this assembly.</summary>
internal static class AllTargets
{
    public static IReadOnlyList<Target> Make(Corpus corpus) =>
    [
        .. typeof(AllTargets).Assembly.GetTypes().Where(type => type.IsClass && !type.IsAbstract && type.IsAssignableTo(typeof(ITargetSource)))
            .OrderBy(type => type.FullName, StringComparer.Ordinal).SelectMany(type => ((ITargetSource)Activator.CreateInstance(type)!).Make(corpus)),
    ];
}
