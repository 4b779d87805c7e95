namespace ConfidentialOperator.CollateralSupply;

/// <summary>What a source gave for one request: one item, or an item and the certificates of its issuers.</summary>
/// <param name="Items">The items.</param>
public sealed record CollateralAnswer(IReadOnlyList<CollateralItem> Items);
