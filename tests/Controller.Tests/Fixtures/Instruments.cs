using System.Diagnostics.Metrics;

namespace ConfidentialOperator.Controller.Tests.Fixtures;

/// <summary>Instruments for parts that are tested alone.</summary>
internal static class Instruments
{
    public static Telemetry Make()
    {
        ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        return new Telemetry(services.GetRequiredService<IMeterFactory>());
    }
}
