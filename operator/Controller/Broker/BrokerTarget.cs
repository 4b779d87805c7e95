namespace ConfidentialOperator.Controller.Broker;

/// <summary>A model at a key broker.</summary>
/// <param name="Url">The broker's address.</param>
/// <param name="Authority">The certificates that sign the broker's, in PEM; empty for the public ones.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Model">The model's name there.</param>
internal sealed record BrokerTarget(Uri Url, string Authority, string Tenant, string Model);
