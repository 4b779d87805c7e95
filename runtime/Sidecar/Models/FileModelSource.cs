using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Sidecar.Models;

/// <summary>A folder that is mounted into the guest.</summary>
internal sealed class FileModelSource(string folder) : IModelSource
{
    public Task<SourceFile> OpenAsync(string name, long from, CancellationToken cancellationToken)
    {
        try
        {
            var stream = new FileStream(Path.Combine(folder, name), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
            stream.Position = Math.Min(from, stream.Length);
            return Task.FromResult(new SourceFile(stream, stream.Position, null));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult(SourceFile.Failed($"The model's folder has no '{name}'.", RefusalReason.SealedFileMissing));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(SourceFile.Failed($"'{name}' in the model's folder cannot be read: {exception.GetType().Name}."));
        }
    }

    public void Dispose()
    {
        // Nothing is kept open.
    }
}
