namespace ConfidentialOperator.ApiServer.Storage;

/// <summary>Which objects of a kind a list or watch is about.</summary>
internal sealed record Selection(string? Namespace, LabelSelector Labels, FieldSelector Fields)
{
    public static Selection Of(string? space) => new(space, LabelSelector.Everything, FieldSelector.Everything);

    public bool Matches(StoredObject item) =>
        (Namespace is null || item.Namespace == Namespace) && Labels.Matches(item.Labels) && Fields.Matches(item);

    /// <summary>A change seen through the selection: entering is ADDED, leaving is DELETED, elsewhere nothing.</summary>
    public Change? Project(Change change)
    {
        bool now = Matches(change.Current);
        if (change.Type != Change.Modified) return now ? change : null;
        bool before = change.Previous is not null && Matches(change.Previous);
        if (now) return before ? change : change with { Type = Change.Added };
        return before ? change with { Type = Change.Deleted } : null;
    }
}
