using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Attestation.Collaterals;

/// <summary>What a piece of collateral is worth.</summary>
/// <param name="Item">The piece.</param>
/// <param name="Facts">What it says about itself; null when it cannot be read.</param>
/// <param name="Root">The accepted root that its signature leads to; empty when it leads to none.</param>
/// <param name="Refusal">Why it is of no use at this time; null when it is.</param>
public sealed record ReviewedCollateral(Collateral Item, CollateralFacts? Facts, string Root, Refusal? Refusal);
