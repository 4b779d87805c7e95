namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>Names an object of a known kind; what the queue holds instead of objects.</summary>
/// <param name="Namespace">The namespace; empty for cluster-wide kinds.</param>
/// <param name="Name">The name.</param>
internal readonly record struct ObjectKey(string Namespace, string Name)
{
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
