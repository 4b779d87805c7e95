using ConfidentialOperator.CollateralSupply;
using ConfidentialOperator.CollateralSupply.Bundles;
using ConfidentialOperator.CollateralSupply.Needs;
using ConfidentialOperator.KeyBroker.Release;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using Microsoft.Extensions.Options;
using Item = ConfidentialOperator.Protocol.Binding.Collateral;

namespace ConfidentialOperator.KeyBroker.Collateral;

/// <summary>
/// Everything that may help to judge a guest: the folder, the bundles, and, where the broker may, what the vendors' services say. Whoever reaches the broker can
/// send evidence that names any chip, so the number of guests that a fetch is made for at a time is limited, and so is the time that it may take.
/// </summary>
internal sealed class CollateralLibrary(CollateralDirectory directory, BundleShelf shelf, CollateralFetching fetching, IOptions<KeyBrokerOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.Value.Collateral.MostWaiting);

    /// <summary>Returns what there is for evidence, without a connection to anywhere.</summary>
    public async Task<IReadOnlyList<Item>> AtHandAsync(GuestAnswer answer, ByteString hardwareId, CancellationToken cancellationToken)
    {
        IReadOnlyList<CollateralBundle> bundles = shelf.Bundles();
        GatheredCollateral gathered = bundles.Count == 0 ? new([], []) : await GatheredCollateral.FromAsync([.. bundles], Needs(answer), cancellationToken).ConfigureAwait(false);
        return [.. directory.For(hardwareId), .. gathered.Items.Select(item => item.ToCollateral())];
    }

    /// <summary>Returns what no bundle has and a service or the cache gives: for guests without a certificate of their chip, or lists alone for those with one.</summary>
    public async Task<IReadOnlyList<Item>> FetchAsync(GuestAnswer answer, bool withChips, CancellationToken cancellationToken)
    {
        if (fetching.Source is not { } source || !await _places.WaitAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
        {
            return [];
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Value.Collateral.Wait);
        try
        {
            IReadOnlyList<CollateralBundle> bundles = shelf.Bundles();
            CollateralRequest[] missing = [.. Needs(answer).Where(request => (withChips || request.Kind != CollateralKinds.Vcek) && bundles.All(bundle => bundle.Find(request) is null))];
            GatheredCollateral gathered = await GatheredCollateral.FromAsync([source], missing, patience.Token).ConfigureAwait(false);
            return [.. gathered.Items.Select(item => item.ToCollateral())];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [];
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private CollateralRequest[] Needs(GuestAnswer answer)
    {
        IEnumerable<CollateralRequest> devices = NvidiaDeviceEvidence.TryParseList(answer.Devices.Span, out IReadOnlyList<NvidiaDeviceEvidence>? found, out _)
            ? found.SelectMany(CollateralNeeds.OfDevice) : [];
        return [.. CollateralNeeds.Of(answer.Evidence.Memory, answer.Tee, fetching.Edition).Concat(devices).DistinctBy(request => request.Name)];
    }
}
