namespace ConfidentialOperator.Inference.Generation;

/// <summary>A model that is ready. Safe for any number of callers at once; disposing of it ends theirs with <see cref="ObjectDisposedException"/>.</summary>
internal interface ILoadedModel : IDisposable
{
    /// <summary>Gets the name that clients know it by.</summary>
    string Name { get; }

    /// <summary>Gets its task: one of <see cref="ModelTask"/>.</summary>
    string Task { get; }
}
