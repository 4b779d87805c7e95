using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Sidecar.Models;

/// <summary>Where the files of a sealed model come from. Nothing it gives is trusted: all of it is checked against the manifest.</summary>
internal interface IModelSource : IDisposable
{
    /// <summary>Opens a file of the model's folder.</summary>
    /// <param name="name">The file.</param>
    /// <param name="from">The byte to begin at; a source that cannot gives the file from its beginning.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<SourceFile> OpenAsync(string name, long from, CancellationToken cancellationToken);
}

/// <summary>An open file and the byte that it begins with, or the reason why there is none.</summary>
internal readonly record struct SourceFile(Stream? Content, long From, Refusal? Refusal)
{
    public static SourceFile Failed(string message, RefusalReason reason = RefusalReason.ModelFetchFailed) => new(null, 0, new(reason, message));
}
