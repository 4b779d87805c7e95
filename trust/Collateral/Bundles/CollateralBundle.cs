using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply.Bundles;

/// <summary>
/// Collateral in one file or one folder, for those without a way out: an index, and the items, each named by its hash. Nothing in it is trusted for
/// being in it; the hashes find damage, not forgery.
/// </summary>
public sealed class CollateralBundle : ICollateralSource
{
    private readonly ILookup<string, CollateralItem> _byRequest;

    /// <summary>Makes a bundle; of items that are the same in every byte and answer the same request only the last stays.</summary>
    public CollateralBundle(IEnumerable<CollateralItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        Items = [.. items.GroupBy(item => (item.Request, item.Kind, item.Data)).Select(group => group.Last())];
        _byRequest = Items.ToLookup(item => item.Request, StringComparer.Ordinal);
    }

    /// <summary>Gets everything in it.</summary>
    public IReadOnlyList<CollateralItem> Items { get; }

    /// <summary>Reads a bundle that is one file.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out CollateralBundle? bundle, [NotNullWhen(false)] out Refusal? refusal)
    {
        bundle = null;
        if (!CollateralIndex.TryRead(utf8, out IReadOnlyList<IndexEntry>? entries, out refusal))
        {
            return false;
        }

        int without = entries.ToList().FindIndex(entry => !entry.HasData);
        refusal = without < 0 ? null : new(RefusalReason.MissingMember,
            $"The collateral index is refused: 'entries[{without}].data' is missing. A bundle that keeps its items in files is a folder: name the folder.");
        bundle = refusal is null ? new CollateralBundle(entries.Select(entry => entry.Item)) : null;
        return bundle is not null;
    }

    /// <summary>Returns whether a text says that it is a bundle, so that a file of another kind is not taken for a damaged one.</summary>
    public static bool HasFormat(ReadOnlySpan<byte> utf8) => utf8.IndexOf(System.Text.Encoding.ASCII.GetBytes($"\"{CollateralIndex.Format}\"")) >= 0;

    /// <summary>Returns the bundle as one file.</summary>
    public byte[] ToJson() => CollateralIndex.Write(Items.Select(item => IndexEntry.Of(item, withData: true)));

    /// <inheritdoc/>
    public Task<Outcome<CollateralAnswer>> GetAsync(CollateralRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Task.FromResult(Find(request) is { } answer ? answer
            : (Outcome<CollateralAnswer>)new Refusal(RefusalReason.CollateralUnavailable, $"The bundle does not have what {request.Service} would be asked for; fetch it with 'cfm collateral fetch'."));
    }

    /// <summary>Returns what the bundle has for a request; null for nothing.</summary>
    public CollateralAnswer? Find(CollateralRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        CollateralItem[] items = [.. _byRequest[request.Name]];
        return items.Length > 0 ? new CollateralAnswer(items) : null;
    }
}
