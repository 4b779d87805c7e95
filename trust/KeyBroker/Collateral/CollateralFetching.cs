using System.Globalization;
using ConfidentialOperator.CollateralSupply;
using ConfidentialOperator.CollateralSupply.Caching;
using ConfidentialOperator.CollateralSupply.Fetching;
using ConfidentialOperator.CollateralSupply.Requests;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Collateral;

/// <summary>The way out, where one is configured: the vendors' services behind a cache. Without it there is none.</summary>
internal sealed class CollateralFetching : IDisposable
{
    private readonly HttpClient? _http;
    private readonly CollateralFetcher? _fetcher;

    public CollateralFetching(IOptions<KeyBrokerOptions> options, TimeProvider time, ICollateralObserver observer)
    {
        CollateralOptions collateral = options.Value.Collateral;
        Edition = collateral.TcbEdition switch
        {
            "standard" => TcbEdition.Standard,
            "early" => TcbEdition.Early,
            string number => TcbEdition.Numbered(int.Parse(number, CultureInfo.InvariantCulture)),
        };
        if (!collateral.Fetch)
        {
            return;
        }

        if (collateral.CacheDirectory.Length == 0)
        {
            throw new InvalidDataException("KeyBroker:Collateral:Fetch needs KeyBroker:Collateral:CacheDirectory: vendors must not be asked for the same thing again and again.");
        }

        _http = new HttpClient(CollateralFetcher.CreateHandler());
        _fetcher = new CollateralFetcher(_http, Endpoints(collateral), new FetchLimits(), time, observer);
        Source = new CollateralCache(_fetcher, options.Value.Resolve(collateral.CacheDirectory),
            new CacheOptions { MostBytes = collateral.CacheMebibytes * 1024L * 1024, AgeLimits = collateral.AgeLimits.AsReadOnly() }, time, observer);
    }

    /// <summary>Gets the source; null without a way out.</summary>
    public ICollateralSource? Source { get; }

    public TcbEdition Edition { get; }

    public void Dispose()
    {
        _fetcher?.Dispose();
        _http?.Dispose();
    }

    private static CollateralEndpoints Endpoints(CollateralOptions options)
    {
        var endpoints = new CollateralEndpoints
        {
            AmdKds = Address(options.AmdKds),
            IntelPcs = Address(options.IntelPcs),
            IntelCertificates = Address(options.IntelCertificates),
            NvidiaRim = Address(options.NvidiaRim),
            NvidiaOcsp = Address(options.NvidiaOcsp),
        };
        return endpoints.Check() is { } refusal ? throw new InvalidDataException($"KeyBroker:Collateral: {refusal.Message}") : endpoints;
    }

    private static Uri Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? address) ? address
        : throw new InvalidDataException($"KeyBroker:Collateral: '{text}' is no address.");
}
