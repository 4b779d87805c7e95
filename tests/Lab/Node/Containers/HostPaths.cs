using ConfidentialOperator.Lab.Node.Images;

namespace ConfidentialOperator.Lab.Node.Containers;

/// <summary>
/// Paths of a container on a machine without mount namespaces: a value that is a mounted folder, or a path below one, becomes the real path.
/// </summary>
internal sealed class HostPaths
{
    private readonly List<(string Mount, string Folder)> _mounts;

    public HostPaths(IEnumerable<(string Mount, string Folder)> mounts, LocalImage image) =>
        _mounts = [.. mounts.Append((LocalImage.WorkingDirectory, image.Folder)).OrderByDescending(mount => mount.Item1.Length)];

    public string Translate(string value)
    {
        foreach ((string mount, string folder) in _mounts)
        {
            if (value == mount) return folder;
            if (value.StartsWith(mount + "/", StringComparison.Ordinal)) return folder + value[mount.Length..];
        }

        return value;
    }
}
