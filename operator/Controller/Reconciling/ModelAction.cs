using ConfidentialOperator.Controller.Broker;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>One thing to do, in the order of the decision.</summary>
internal abstract record ModelAction
{
    private ModelAction()
    {
    }

    /// <summary>Puts our finalizer on the resource.</summary>
    internal sealed record Hold : ModelAction;

    /// <summary>Applies an object.</summary>
    internal sealed record Apply(ChildState Child) : ModelAction;

    /// <summary>Brings the owner's policy to the broker.</summary>
    internal sealed record Deliver(BrokerTarget Target, PolicyEnvelope Envelope) : ModelAction;

    /// <summary>Deletes an object of ours.</summary>
    internal sealed record Delete(ChildState Child) : ModelAction;

    /// <summary>Revokes the sessions at the broker, when it can be asked, and takes our finalizer off.</summary>
    /// <param name="Target">The broker; null when nothing was ever told to one.</param>
    /// <param name="Overdue">Whether the finalizer goes even when the broker does not answer.</param>
    internal sealed record LetGo(BrokerTarget? Target, bool Overdue) : ModelAction;
}
