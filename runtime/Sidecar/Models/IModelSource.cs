using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Sidecar.Models;

/// <summary>Where the files of a sealed model come from. Nothing it gives is trusted: all of it is checked against the manifest.</summary>
internal interface IModelSource : IDisposable
{
    /// <summary>Opens a file of the model's folder.</summary>
    Task<SourceFile> OpenAsync(string name, CancellationToken cancellationToken);
}

/// <summary>An open file, or the reason why there is none.</summary>
internal readonly record struct SourceFile(Stream? Content, Refusal? Refusal)
{
    public static SourceFile Failed(string message, RefusalReason reason = RefusalReason.ModelFetchFailed) => new(null, new(reason, message));
}
