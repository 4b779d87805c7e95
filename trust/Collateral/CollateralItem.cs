using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply;

/// <summary>One certificate, list or reference value, with where it came from. Nothing here says that it is genuine: the verifier decides that.</summary>
/// <param name="Kind">One of <see cref="CollateralKinds"/>.</param>
/// <param name="Data">The bytes.</param>
/// <param name="Request">The name of the request that it answers.</param>
/// <param name="Source">The address that it was fetched from.</param>
/// <param name="FetchedAt">When it was fetched.</param>
public sealed record CollateralItem(string Kind, ByteString Data, string Request, string Source, DateTimeOffset FetchedAt)
{
    /// <summary>The most bytes of one item.</summary>
    public const int Longest = 1024 * 1024;

    /// <summary>Returns it in the form that the verifier takes.</summary>
    public Protocol.Binding.Collateral ToCollateral() => new(Kind, Data);
}
