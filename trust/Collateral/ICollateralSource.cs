using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply;

/// <summary>Where collateral comes from: a vendor's service, a cache before it, or a bundle.</summary>
public interface ICollateralSource
{
    /// <summary>Answers a request; a refusal says why there is nothing.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    Task<Outcome<CollateralAnswer>> GetAsync(CollateralRequest request, CancellationToken cancellationToken);
}
