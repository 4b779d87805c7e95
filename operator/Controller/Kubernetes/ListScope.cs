namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>What of a collection is listed and watched.</summary>
/// <param name="Namespace">The namespace; empty for all.</param>
/// <param name="Labels">The label selector; empty for none.</param>
/// <param name="Name">The only object of interest; empty for all.</param>
internal sealed record ListScope(string Namespace = "", string Labels = "", string Name = "")
{
    public bool Covers(ObjectKey key) => (Namespace.Length == 0 || Namespace == key.Namespace) && (Name.Length == 0 || Name == key.Name);

    public string Query() =>
        (Labels.Length > 0 ? $"labelSelector={Uri.EscapeDataString(Labels)}&" : "")
        + (Name.Length > 0 ? $"fieldSelector={Uri.EscapeDataString("metadata.name=" + Name)}&" : "");
}
