namespace ConfidentialOperator.Sidecar.Setup;

/// <summary>Marks connections of the port for metrics. The port is told by the listener, not by a header that the peer writes.</summary>
internal sealed class MetricsListener
{
    public static MetricsListener Mark { get; } = new();
}
