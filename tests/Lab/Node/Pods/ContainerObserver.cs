using System.Text.Json.Nodes;
using ConfidentialOperator.Lab.Node.Containers;
using ConfidentialOperator.Lab.Node.Control;

namespace ConfidentialOperator.Lab.Node.Pods;

/// <summary>Makes events of a pod from what happens to its containers.</summary>
internal sealed class ContainerObserver(Action changed, EventLog events, JsonObject pod, string component) : IContainerObserver
{
    public void Changed() => changed();

    public void Normal(string reason, string message) => events.Normal(pod, component, reason, message);

    public void Warning(string reason, string message) => events.Warning(pod, component, reason, message);
}
