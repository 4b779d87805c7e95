using System.Text;
using ConfidentialOperator.CollateralSupply.Bundles;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply.Caching;

/// <summary>
/// The cache's files: <c>requests/HASH.json</c>, an index of the items that answer the request with that hash, and <c>sha256/HASH</c>, the items. Every file
/// is written whole or not at all; what does not read back as it was written counts as not there.
/// </summary>
internal sealed class CacheFolder
{
    private const string Requests = "requests";
    private const string Contents = "sha256";

    private readonly string _root;
    private readonly long _mostBytes;
    private readonly ICollateralObserver _observer;
    private readonly Lock _writing = new();

    public CacheFolder(string root, long mostBytes, ICollateralObserver observer)
    {
        (_root, _mostBytes, _observer) = (root, mostBytes, observer);
        Directory.CreateDirectory(Path.Combine(root, Requests));
        Directory.CreateDirectory(Path.Combine(root, Contents));
    }

    public CollateralAnswer? Read(CollateralRequest request)
    {
        try
        {
            string record = Record(request);
            return File.Exists(record) ? ReadRecord(request, record) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _observer.Ignored(StoreWarning.DiskUnavailable);
            return null;
        }
    }

    public void Write(CollateralRequest request, CollateralAnswer answer)
    {
        lock (_writing)
        {
            try
            {
                IndexEntry[] entries = [.. answer.Items.Select(item => IndexEntry.Of(item, withData: false))];
                foreach (IndexEntry entry in entries)
                {
                    AtomicFile.Write(Path.Combine(_root, Contents, entry.Sha256.ToString()), entry.Item.Data.Span);
                }

                AtomicFile.Write(Record(request), CollateralIndex.Write(entries));
                Shrink();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _observer.Ignored(StoreWarning.DiskUnavailable);
            }
        }
    }

    private CollateralAnswer? ReadRecord(CollateralRequest request, string record)
    {
        if (new FileInfo(record).Length > CollateralItem.Longest || !CollateralIndex.TryRead(File.ReadAllBytes(record), out IReadOnlyList<IndexEntry>? entries, out _)
            || entries.Count == 0 || entries.Any(entry => entry.Item.Request != request.Name) || entries[0].Item.Kind != request.Kind)
        {
            return Drop(record, StoreWarning.RecordMalformed);
        }

        CollateralItem[] items = [.. entries.Select(entry => BundlePath.Filled(_root, entry)).OfType<CollateralItem>()];
        return items.Length == entries.Count ? new CollateralAnswer(items) : Drop(record, StoreWarning.ContentDamaged);
    }

    private CollateralAnswer? Drop(string record, StoreWarning warning)
    {
        _observer.Ignored(warning);
        File.Delete(record);
        return null;
    }

    /// <summary>Forgets the oldest records until the items of the others have room, then the items that no record names.</summary>
    private void Shrink()
    {
        var contents = new DirectoryInfo(Path.Combine(_root, Contents));
        long total = contents.EnumerateFiles().Sum(file => file.Length);
        if (total <= _mostBytes)
        {
            return;
        }

        FileInfo[] records = [.. new DirectoryInfo(Path.Combine(_root, Requests)).EnumerateFiles("*.json").OrderByDescending(file => file.LastWriteTimeUtc)];
        var kept = new Dictionary<string, long>(StringComparer.Ordinal);
        bool full = false;
        foreach (FileInfo record in records)
        {
            Dictionary<string, long> more = Sizes(record).Where(size => !kept.ContainsKey(size.Key)).ToDictionary();
            full |= kept.Values.Sum() + more.Values.Sum() > _mostBytes;
            if (full)
            {
                record.Delete();
                continue;
            }

            foreach ((string name, long size) in more)
            {
                kept[name] = size;
            }
        }

        foreach (FileInfo file in contents.EnumerateFiles().Where(file => !kept.ContainsKey(file.Name)).ToArray())
        {
            file.Delete();
        }
    }

    private Dictionary<string, long> Sizes(FileInfo record) =>
        CollateralIndex.TryRead(File.ReadAllBytes(record.FullName), out IReadOnlyList<IndexEntry>? entries, out _)
            ? entries.Select(entry => entry.Sha256.ToString()).Distinct().ToDictionary(name => name, name => new FileInfo(Path.Combine(_root, Contents, name)) is { Exists: true } file ? file.Length : 0)
            : [];

    private string Record(CollateralRequest request) => Path.Combine(_root, Requests, ByteString.Sha256(Encoding.UTF8.GetBytes(request.Name)) + ".json");
}
