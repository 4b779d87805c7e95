using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;

namespace ConfidentialOperator.Controller.Broker;

/// <summary>What the broker said of a model: a statement, or why there is none.</summary>
internal sealed record BrokerReading(BrokerStatement? Statement, Refusal? Refusal)
{
    /// <summary>Gets whether the broker itself could not be asked.</summary>
    public bool IsUnavailable => Refusal is { Reason: RefusalReason.KeyBrokerUnavailable or RefusalReason.RateLimited or RefusalReason.InternalError };
}
