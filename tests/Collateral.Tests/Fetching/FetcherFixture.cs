using ConfidentialOperator.CollateralSupply.Fetching;
using ConfidentialOperator.CollateralSupply.Tests.Running;
using ConfidentialOperator.FakeTee.Endpoints;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply.Tests.Fetching;

/// <summary>A fetcher in front of the played services.</summary>
public abstract class FetcherFixture : IAsyncLifetime
{
    private HttpClient _http = null!;

    private protected VendorServices Services { get; private set; } = null!;

    private protected InstantTime Time { get; } = new();

    private protected RecordedObserver Observer { get; } = new();

    private protected CollateralFetcher Fetcher { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Services = await VendorServices.StartAsync(TestContext.Current.CancellationToken);
        _http = new HttpClient(CollateralFetcher.CreateHandler());
        Fetcher = New(new FetchLimits { Attempts = 3 });
    }

    public async ValueTask DisposeAsync()
    {
        Fetcher.Dispose();
        _http.Dispose();
        await Services.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected CollateralEndpoints Endpoints => new()
    {
        AmdKds = new Uri(Services.Address, "kds/"),
        IntelPcs = new Uri(Services.Address, "pcs"),
        IntelCertificates = new Uri(Services.Address, "certificates"),
        NvidiaRim = new Uri(Services.Address, "rims"),
        NvidiaOcsp = new Uri(Services.Address, "ocsp"),
    };

    private protected CollateralFetcher New(FetchLimits limits) => new(_http, Endpoints, limits, Time, Observer);

    private protected Task<Outcome<CollateralAnswer>> GetAsync(CollateralRequest request) => Fetcher.GetAsync(request, TestContext.Current.CancellationToken);

    private protected async Task<Refusal> RefusedAsync(CollateralRequest request)
    {
        Outcome<CollateralAnswer> outcome = await GetAsync(request);
        Assert.NotNull(outcome.Refusal);
        return outcome.Refusal;
    }

    private protected async Task<IReadOnlyList<CollateralItem>> TakenAsync(CollateralRequest request)
    {
        Outcome<CollateralAnswer> outcome = await GetAsync(request);
        Assert.Null(outcome.Refusal);
        return outcome.Value!.Items;
    }
}
