using System.Reflection;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Sidecar.Tests.Running;

namespace ConfidentialOperator.Sidecar.Tests.Endpoints;

/// <summary>The reference page knows every option, metric and phase.</summary>
public sealed class ReferenceTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "sidecar.md"));

    [Fact]
    public void EveryOptionIsDescribed() =>
        Assert.All(Options(typeof(SidecarOptions), ""), option => Assert.Contains($"`{option}`", s_page, StringComparison.Ordinal));

    [Fact]
    public void EveryMetricIsDescribed()
    {
        string source = File.ReadAllText(Path.Combine(Repository.Root, "runtime", "Sidecar", "Telemetry.cs"));
        string[] names = [.. source.Split('"').Where(text => text.StartsWith("sidecar_", StringComparison.Ordinal))];
        Assert.True(names.Length > 10);
        Assert.All(names, name => Assert.Contains($"`{name}", s_page, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryPhaseIsDescribed() =>
        Assert.All(Enum.GetNames<SidecarPhase>(), phase => Assert.Contains($"| `{phase}` |", s_page, StringComparison.Ordinal));

    private static IEnumerable<string> Options(Type type, string prefix) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanWrite)
        .SelectMany(property => property.PropertyType.Namespace == typeof(Sidecar.Options.ModelOptions).Namespace
            ? Options(property.PropertyType, property.Name + ":") : [prefix + property.Name]);
}
