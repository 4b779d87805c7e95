namespace ConfidentialOperator.KeyBroker.Policies;

/// <summary>A policy as it rests: the owner's envelope, and what was read from it when it came into force.</summary>
internal sealed record StoredPolicy(string Tenant, string Model, long Version, byte[] Envelope, string PayloadSha256);
