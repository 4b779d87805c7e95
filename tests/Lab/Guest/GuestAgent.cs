using System.Text.RegularExpressions;
using ConfidentialOperator.Lab.Node.Containers;

namespace ConfidentialOperator.Lab.Guest;

/// <summary>
/// The agent of a software guest: it creates a container only when the policy in the guest's initdata allows every part of it, by the rules of
/// the rendered <c>policy.rego</c>. The host that asks is not trusted; a refusal names the first difference.
/// </summary>
internal sealed partial class GuestAgent(IReadOnlyList<ContainerRules> containers)
{
    private const long ExpectedUser = 65532;

    private static readonly string[] s_common =
    [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/home/app", "HOME=/", "APP_UID=1654",
        "ASPNETCORE_HTTP_PORTS=8080", "DOTNET_RUNNING_IN_CONTAINER=true", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true",
    ];

    /// <summary>Where Kubernetes itself mounts files. The kernel's own mounts (/proc and the like) are never a volume's.</summary>
    private static readonly string[] s_commonMounts = ["/dev/shm", "/dev/termination-log", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf"];

    /// <summary>Returns why the container is refused, or null.</summary>
    public string? Check(ContainerView view)
    {
        ContainerRules? rules = containers.FirstOrDefault(candidate => candidate.Name == view.Name);
        string? difference = rules is null ? $"the policy knows no container \"{view.Name}\"" : Difference(rules, view);
        return difference is null ? null : $"CreateContainerRequest is blocked by policy: container \"{view.Name}\": {difference}";
    }

    private static string? Difference(ContainerRules rules, ContainerView view) =>
        view.Image != rules.Image ? $"image is {view.Image}, the policy demands {rules.Image}"
        : !view.Arguments.SequenceEqual(rules.Arguments) ? $"arguments are [{Joined(view.Arguments)}], the policy demands [{Joined(rules.Arguments)}]"
        : view.User != ExpectedUser || view.Group != ExpectedUser ? $"user and group are {view.User}:{view.Group}, the policy demands {ExpectedUser}:{ExpectedUser}"
        : view.WorkingDirectory != "/app" ? $"working directory is {view.WorkingDirectory}, the policy demands /app"
        : EnvironmentDifference(rules, view) ?? MountDifference(rules, view);

    private static string? EnvironmentDifference(ContainerRules rules, ContainerView view)
    {
        string? missing = rules.Environment.FirstOrDefault(entry => !view.Environment.Contains(entry));
        if (missing is not null) return $"environment must hold {missing}";
        Regex? unmet = rules.Patterns.FirstOrDefault(pattern => !view.Environment.Any(pattern.IsMatch));
        if (unmet is not null) return $"environment must hold a variable of the form {unmet}";
        string? extra = view.Environment.FirstOrDefault(entry => !IsAllowed(rules, entry));
        if (extra is not null) return $"environment variable {NameOf(extra)} is not allowed with this value";
        string? twice = view.Environment.Select(NameOf).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;
        return twice is null ? null : $"environment variable {twice} stands twice";
    }

    private static bool IsAllowed(ContainerRules rules, string entry) =>
        rules.Environment.Contains(entry) || rules.Patterns.Any(pattern => pattern.IsMatch(entry)) || s_common.Contains(entry) || Common().IsMatch(entry);

    private static string? MountDifference(ContainerRules rules, ContainerView view)
    {
        string? missing = rules.Mounts.FirstOrDefault(mount => !view.Mounts.Contains(mount));
        if (missing is not null) return $"{missing} must be mounted";
        string? extra = view.Mounts.FirstOrDefault(mount => !rules.Mounts.Contains(mount) && !s_commonMounts.Contains(mount));
        if (extra is not null) return $"mount {extra} is not allowed";
        string? twice = view.Mounts.GroupBy(mount => mount).FirstOrDefault(group => group.Count() > 1)?.Key;
        return twice is null ? null : $"{twice} is mounted twice";
    }

    private static string NameOf(string entry) => entry.Split('=')[0];

    private static string Joined(IEnumerable<string> arguments) => string.Join(' ', arguments);

    [GeneratedRegex(@"^(HOSTNAME=[a-z0-9.-]+|(DOTNET|ASPNET)_VERSION=[0-9]+\.[0-9]+\.[0-9]+|KUBERNETES_(SERVICE_HOST|SERVICE_PORT|SERVICE_PORT_HTTPS|PORT|PORT_[0-9]+_TCP(_PROTO|_PORT|_ADDR)?)=[a-z0-9.:/]+)\z")]
    private static partial Regex Common();
}
