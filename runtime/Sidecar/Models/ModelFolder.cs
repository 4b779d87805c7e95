using System.Diagnostics;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Sidecar.Models;

/// <summary>The folder that Inference reads. A file stands there under its name only when it is whole and right; what is unfinished has another name.</summary>
internal sealed class ModelFolder(string path)
{
    private const string Unfinished = ".part";

    /// <summary>Makes the folder, if it is not there.</summary>
    public void Create() => Directory.CreateDirectory(path);

    /// <summary>Removes what is unfinished and of no use: everything but beginnings of these files.</summary>
    public void Clean(IEnumerable<string> names)
    {
        HashSet<string> wanted = [.. names.Select(name => Place(name) + Unfinished)];
        foreach (string leftover in Directory.EnumerateFiles(path, "*" + Unfinished, SearchOption.AllDirectories).Where(file => !wanted.Contains(Path.GetFullPath(file))))
        {
            File.Delete(leftover);
        }
    }

    /// <summary>Returns whether the file is there with this size and digest.</summary>
    public async Task<bool> HasAsync(string name, long size, ByteString sha256, CancellationToken cancellationToken)
    {
        var file = new FileInfo(Place(name));
        if (!file.Exists || file.Length != size)
        {
            return false;
        }

        await using FileStream stream = file.OpenRead();
        return sha256.Equals(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Writes a small file whole.</summary>
    public async Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        string place = Place(name);
        await File.WriteAllBytesAsync(place + Unfinished, content, cancellationToken).ConfigureAwait(false);
        File.Move(place + Unfinished, place, overwrite: true);
    }

    /// <summary>Opens the beginning of a file that an earlier attempt left, or an empty one.</summary>
    public FileStream OpenUnfinished(string name)
    {
        string place = Place(name) + Unfinished;
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        return new FileStream(place, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
    }

    /// <summary>Puts a file that is whole and right in its place.</summary>
    public void Finish(string name) => File.Move(Place(name) + Unfinished, Place(name), overwrite: true);

    /// <summary>Removes the beginning of a file.</summary>
    public void Drop(string name) => File.Delete(Place(name) + Unfinished);

    // Names are checked when a manifest is read. This is the second lock on the same door.
    private string Place(string name)
    {
        string root = Path.GetFullPath(path);
        string place = Path.GetFullPath(Path.Combine(root, name));
        return place.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? place
            : throw new UnreachableException("A manifest names a file outside the model's folder.");
    }
}
