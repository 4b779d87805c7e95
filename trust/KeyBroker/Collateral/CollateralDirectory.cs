namespace ConfidentialOperator.KeyBroker.Collateral;

/// <summary>Certificates for guests that bring none, from a folder that an administrator fills.</summary>
internal sealed class CollateralDirectory;
