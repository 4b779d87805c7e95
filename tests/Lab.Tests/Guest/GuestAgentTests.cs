using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Guest;
using ConfidentialOperator.Lab.Node.Containers;

namespace ConfidentialOperator.Lab.Tests.Guest;

/// <summary>The agent of a software guest, over the pod and the policy that the operator really renders.</summary>
public sealed class GuestAgentTests
{
    private static readonly JsonObject s_pod = RenderedPod.Object;

    [Theory]
    [InlineData("inference")]
    [InlineData("sidecar")]
    public void TheRenderedPodIsAllowed(string container) => Assert.Null(RenderedPod.Agent().Check(RenderedPod.View(container)));

    [Fact]
    public void AnotherImageIsRefused() => Refused("image is", view => view with { Image = view.Image[..^1] + "0" });

    [Fact]
    public void AnotherCommandIsRefused() => Refused("arguments are", view => view with { Arguments = ["/bin/sh"] });

    [Fact]
    public void AnAddedArgumentIsRefused() => Refused("arguments are", view => view with { Arguments = [.. view.Arguments, "--dump"] });

    [Fact]
    public void AnAddedVariableIsRefused() =>
        Refused("environment variable DOTNET_STARTUP_HOOKS", view => view with { Environment = [.. view.Environment, "DOTNET_STARTUP_HOOKS=/tmp/x.dll"] });

    [Fact]
    public void AMissingVariableIsRefused() =>
        Refused("environment must hold DOTNET_EnableDiagnostics=0", view => view with { Environment = [.. view.Environment.Where(entry => entry != "DOTNET_EnableDiagnostics=0")] });

    [Fact]
    public void AVariableOutsideItsFormIsRefused() =>
        Refused("environment must hold a variable of the form", view => view with
        {
            Environment = [.. view.Environment.Select(entry => entry.StartsWith("POD_UID=", StringComparison.Ordinal) ? "POD_UID=me" : entry)],
        });

    [Fact]
    public void AVariableThatStandsTwiceIsRefused() => Refused("stands twice", view => view with { Environment = [.. view.Environment, "HOME=/home/app"] });

    [Fact]
    public void AnAddedMountIsRefused() => Refused("mount /etc/ssl is not allowed", view => view with { Mounts = [.. view.Mounts, "/etc/ssl"] });

    [Fact]
    public void AMissingMountIsRefused() => Refused("must be mounted", view => view with { Mounts = view.Mounts.Skip(1).ToList() });

    [Fact]
    public void AnotherUserIsRefused() => Refused("user and group are 0:", view => view with { User = 0 });

    [Fact]
    public void AnotherContainerIsRefused() => Refused("knows no container", view => view with { Name = "debugger" });

    [Theory]
    [InlineData("")]
    [InlineData("package agent_policy\n\npolicy_data := {")]
    [InlineData("package agent_policy\n\npolicy_data := {\"containers\": [{\"env_patterns\": [\"(\"]}]}")]
    public void APolicyThatCannotBeReadAllowsNothing(string rego) => Assert.Null(GuestPolicy.Read(rego, out _));

    [Fact]
    public void TheMachineIsMeasuredWithItsProcessorsAndKernelParameters()
    {
        JsonObject larger = s_pod.Copy();
        larger.Metadata().Child("annotations")["io.katacontainers.config.hypervisor.default_vcpus"] = "2";
        JsonObject other = s_pod.Copy();
        other.Metadata().Child("annotations")["io.katacontainers.config.hypervisor.kernel_params"] = "debug";
        Assert.Equal(6, GuestMachine.Of(s_pod).VirtualCpus);
        Assert.Equal(3, new HashSet<string> { Measured(s_pod), Measured(larger), Measured(other) }.Count);
    }

    private static string Measured(JsonObject pod) => GuestMachine.Of(pod).Measure().ToString();

    private static void Refused(string expected, Func<ContainerView, ContainerView> change)
    {
        string? refusal = RenderedPod.Agent().Check(change(RenderedPod.View("sidecar")));
        Assert.Contains(expected, refusal, StringComparison.Ordinal);
        Assert.StartsWith("CreateContainerRequest is blocked by policy", refusal, StringComparison.Ordinal);
    }
}
