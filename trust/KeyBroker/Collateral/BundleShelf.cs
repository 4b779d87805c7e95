using ConfidentialOperator.CollateralSupply;
using ConfidentialOperator.CollateralSupply.Bundles;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Collateral;

/// <summary>The configured bundles. One that changed is read again; while it cannot be read, what was read of it before stays in use.</summary>
internal sealed class BundleShelf(IOptions<KeyBrokerOptions> options, ICollateralObserver observer)
{
    private readonly Place[] _places = [.. Paths(options.Value).Select(path => new Place(options.Value.Resolve(path)))];
    private readonly Lock _reading = new();

    /// <summary>Returns the bundles that are there.</summary>
    public IReadOnlyList<CollateralBundle> Bundles()
    {
        lock (_reading)
        {
            return [.. _places.Select(Current).OfType<CollateralBundle>()];
        }
    }

    /// <summary>The folder of certificates may have been filled with a bundle instead.</summary>
    private static IEnumerable<string> Paths(KeyBrokerOptions options) => options.Collateral.Bundles.Concat(
        options.Snp.CollateralDirectory is { Length: > 0 } folder && BundlePath.IsBundle(options.Resolve(folder)) ? [folder] : []);

    private CollateralBundle? Current(Place place)
    {
        (DateTime, long) stamp = place.Stamp();
        if (stamp != place.Read)
        {
            place.Read = stamp;
            if (BundlePath.TryRead(place.Path, out CollateralBundle? bundle, out _))
            {
                place.Bundle = bundle;
            }
            else
            {
                observer.Ignored(StoreWarning.BundleMalformed);
            }
        }

        return place.Bundle;
    }

    private sealed class Place(string path)
    {
        public string Path { get; } = path;

        public (DateTime Written, long Length) Read { get; set; } = (DateTime.MaxValue, -1);

        public CollateralBundle? Bundle { get; set; }

        /// <summary>A folder changes with its index, which is written last.</summary>
        public (DateTime Written, long Length) Stamp()
        {
            var file = new FileInfo(Directory.Exists(Path) ? System.IO.Path.Combine(Path, "index.json") : Path);
            return file.Exists ? (file.LastWriteTimeUtc, file.Length) : (DateTime.MinValue, 0);
        }
    }
}
