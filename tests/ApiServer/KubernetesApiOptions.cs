using System.Net;

namespace ConfidentialOperator.ApiServer;

/// <summary>How the server is started.</summary>
public sealed record KubernetesApiOptions
{
    /// <summary>Gets the address to listen on.</summary>
    public IPAddress ListenAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Gets the port; zero takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Gets the folder for the kubeconfig; null makes a temporary one that goes with the server.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Gets the clock of timestamps, watch limits and bookmarks.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets how many changes of a kind are remembered before older watches get 410.</summary>
    public int HistoryLimit { get; init; } = 20_000;

    /// <summary>Gets how often a quiet watch gets a bookmark.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the Kubernetes version that the server claims to be.</summary>
    public string Version { get; init; } = "1.34.0";

    /// <summary>Gets the first two numbers of the addresses that services get.</summary>
    public string ServiceNetwork { get; init; } = "10.96";

    /// <summary>Gets what <c>kubectl logs</c> shows, by namespace, pod and container.</summary>
    public Func<string, string, string?, string> PodLogs { get; init; } = (_, _, _) => "";
}
