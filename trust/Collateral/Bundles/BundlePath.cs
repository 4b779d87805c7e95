using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply.Bundles;

/// <summary>Bundles on the disk: a file, or a folder with <c>index.json</c> and <c>sha256/HASH</c>.</summary>
public static class BundlePath
{
    private const string IndexName = "index.json";
    private const string Contents = "sha256";

    /// <summary>Returns whether the folder is a bundle.</summary>
    public static bool IsBundle(string folder) => File.Exists(Path.Combine(folder, IndexName));

    /// <summary>Reads a bundle.</summary>
    /// <param name="path">The file or the folder.</param>
    /// <param name="bundle">The bundle.</param>
    /// <param name="refusal">What is wrong with it.</param>
    public static bool TryRead(string path, [NotNullWhen(true)] out CollateralBundle? bundle, [NotNullWhen(false)] out Refusal? refusal)
    {
        bundle = null;
        try
        {
            return Directory.Exists(path) ? TryReadFolder(path, out bundle, out refusal)
                : CollateralBundle.TryParse(ReadLimited(path, CollateralIndex.Longest), out bundle, out refusal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            refusal = new(RefusalReason.Malformed, $"The bundle '{path}' cannot be read: {exception.Message}");
            return false;
        }
    }

    /// <summary>Writes a bundle: a folder when the path is one or ends in a separator, otherwise a file. Each file is written whole or not at all, the index last.</summary>
    public static void Write(string path, CollateralBundle bundle)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(bundle);
        if (!Directory.Exists(path) && !Path.EndsInDirectorySeparator(path))
        {
            AtomicFile.Write(path, bundle.ToJson());
            return;
        }

        Directory.CreateDirectory(Path.Combine(path, Contents));
        IndexEntry[] entries = [.. bundle.Items.Select(item => IndexEntry.Of(item, withData: false))];
        foreach (IndexEntry entry in entries)
        {
            AtomicFile.Write(Path.Combine(path, Contents, entry.Sha256.ToString()), entry.Item.Data.Span);
        }

        AtomicFile.Write(Path.Combine(path, IndexName), CollateralIndex.Write(entries));
    }

    private static bool TryReadFolder(string path, [NotNullWhen(true)] out CollateralBundle? bundle, [NotNullWhen(false)] out Refusal? refusal)
    {
        bundle = null;
        if (!CollateralIndex.TryRead(ReadLimited(Path.Combine(path, IndexName), CollateralIndex.Longest), out IReadOnlyList<IndexEntry>? entries, out refusal))
        {
            return false;
        }

        var items = new List<CollateralItem>();
        foreach (IndexEntry entry in entries)
        {
            CollateralItem? item = entry.HasData ? entry.Item : Filled(path, entry);
            if (item is null)
            {
                refusal = new(RefusalReason.Malformed, $"The bundle '{path}' is damaged: {Contents}/{entry.Sha256} is missing, or its content has another hash; fetch the bundle again.");
                return false;
            }

            items.Add(item);
        }

        bundle = new CollateralBundle(items);
        return true;
    }

    /// <summary>The name of the file is the hash, so no name in an index leads out of the folder.</summary>
    internal static CollateralItem? Filled(string folder, IndexEntry entry)
    {
        string file = Path.Combine(folder, Contents, entry.Sha256.ToString());
        byte[] data = File.Exists(file) ? ReadLimited(file, CollateralItem.Longest) : [];
        return ByteString.Sha256(data) == entry.Sha256 ? entry.Item with { Data = new ByteString(data) } : null;
    }

    private static byte[] ReadLimited(string path, int longest)
    {
        using FileStream stream = File.OpenRead(path);
        byte[] bytes = new byte[(int)Math.Min(stream.Length, longest) + 1];
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read <= longest ? bytes[..read] : throw new IOException($"'{path}' has more than {longest} bytes.");
    }
}
