using System.Text.Json.Nodes;

namespace ConfidentialOperator.Lab.Node.Containers;

/// <summary>Where variables come from that are not written in the pod.</summary>
/// <param name="PodAddress">The pod's address.</param>
/// <param name="NodeAddress">The node's address.</param>
/// <param name="Read">Reads a ConfigMap or Secret of the pod's namespace by resource and name.</param>
internal sealed record VariableSources(string PodAddress, string NodeAddress, Func<string, string, JsonObject?> Read);
