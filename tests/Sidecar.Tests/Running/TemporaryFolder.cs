namespace ConfidentialOperator.Sidecar.Tests.Running;

/// <summary>A folder with a short path: Unix sockets must fit into 108 characters.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sc-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
