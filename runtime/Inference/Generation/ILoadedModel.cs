namespace ConfidentialOperator.Inference.Generation;

/// <summary>A model that is ready. Safe for any number of callers at once; dispose it after the last of them ended.</summary>
internal interface ILoadedModel : IDisposable
{
    /// <summary>Gets the name that clients know it by.</summary>
    string Name { get; }

    /// <summary>Gets its task: one of <see cref="ModelTask"/>.</summary>
    string Task { get; }
}
