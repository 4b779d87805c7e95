using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply.Needs;

/// <summary>What was found for a list of requests.</summary>
/// <param name="Items">The items.</param>
/// <param name="Missing">The requests for which there is nothing, and why.</param>
public sealed record GatheredCollateral(IReadOnlyList<CollateralItem> Items, IReadOnlyList<(CollateralRequest Request, Refusal Refusal)> Missing)
{
    /// <summary>Asks the sources one after the other, for each request until one answers.</summary>
    public static async Task<GatheredCollateral> FromAsync(
        IReadOnlyList<ICollateralSource> sources, IReadOnlyList<CollateralRequest> requests, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(requests);
        var items = new List<CollateralItem>();
        var missing = new List<(CollateralRequest Request, Refusal Refusal)>();
        foreach (CollateralRequest request in requests)
        {
            Refusal? refusal = new(RefusalReason.CollateralUnavailable, "There is no source of collateral.");
            foreach (ICollateralSource source in sources)
            {
                Outcome<CollateralAnswer> outcome = await source.GetAsync(request, cancellationToken).ConfigureAwait(false);
                refusal = outcome.Refusal;
                if (outcome.Accepted)
                {
                    items.AddRange(outcome.Value.Items);
                    break;
                }
            }

            if (refusal is not null)
            {
                missing.Add((request, refusal));
            }
        }

        return new GatheredCollateral(items, missing);
    }
}
