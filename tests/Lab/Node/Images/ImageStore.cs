using System.Collections.Concurrent;

namespace ConfidentialOperator.Lab.Node.Images;

/// <summary>The images of this machine, by digest. What is not here cannot be pulled.</summary>
internal sealed class ImageStore
{
    private readonly ConcurrentDictionary<string, LocalImage> _images = new(StringComparer.Ordinal);

    /// <summary>Adds a folder under a name; its digest is computed from what is in it.</summary>
    public LocalImage Add(string name, string folder, params IReadOnlyList<string> entrypoint)
    {
        LocalImage image = new($"{name}@{FolderDigest.Compute(folder)}", Path.GetFullPath(folder), entrypoint);
        _images[image.Digest] = image;
        return image;
    }

    /// <summary>Finds an image; otherwise says why it cannot be had.</summary>
    public LocalImage? Find(string reference, out string fault)
    {
        int at = reference.IndexOf('@', StringComparison.Ordinal);
        fault = at < 0
            ? $"Failed to pull image \"{reference}\": this node takes images by digest only"
            : $"Failed to pull image \"{reference}\": not found: no program folder of this node has that digest";
        return at >= 0 && _images.TryGetValue(reference[(at + 1)..], out LocalImage? image) ? image : null;
    }
}
