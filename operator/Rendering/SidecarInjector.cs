using ConfidentialOperator.Rendering.Admission;
using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Rendering;

/// <summary>Adds the sidecar: it proves the guest, fetches the model and its wrapped key, and relays ciphertext.</summary>
internal static class SidecarInjector
{
    private const string Address = @"([0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9a-fA-F:]+)";
    private const string Uid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private static readonly Dictionary<string, string> s_resources = new() { ["cpu"] = "500m", ["memory"] = "512Mi" };

    /// <summary>Adds the container and its volumes.</summary>
    public static PodLayout Inject(ModelFacts facts, PodLayout pod)
    {
        List<MountLayout> mounts =
        [
            new("run", Names.RuntimeDirectory, ReadOnly: false),
            new("model", Names.ModelDirectory, ReadOnly: false),
            new("initdata", Names.InitDataDirectory, ReadOnly: true),
        ];
        ModelSourceLayout source = ModelSourceLayout.Of(facts.Spec.Model);
        List<VolumeLayout> volumes = [.. pod.Volumes, new("initdata", VolumeLayout.OneKey("configMap", "name", Names.InitData(facts.Name), Names.InitDataKey))];
        if (facts.Spec.Attestation.KeyBroker.CaSecretRef is { } authority)
        {
            mounts.Add(new MountLayout("key-broker", Names.KeyBrokerDirectory, ReadOnly: true));
            volumes.Add(new VolumeLayout("key-broker", VolumeLayout.OneKey("secret", "secretName", authority.Name, Names.CaKey)));
        }

        mounts.AddRange(source.Mounts);
        volumes.AddRange(source.Volumes);
        ContainerLayout sidecar = new()
        {
            Name = Names.SidecarContainer,
            Image = facts.Spec.Runtime.SidecarImage,
            Entrypoint = "/app/ConfidentialOperator.Sidecar",
            Environment = [.. Downward(facts), .. Settings(facts), .. source.Environment],
            Mounts = mounts,
            Limits = s_resources,
            Requests = s_resources,
            Ports = [("https", Names.HttpsPort), ("http", Names.HttpPort), ("metrics", Names.MetricsPort)],
            HasProbes = true,
        };
        return pod with { Containers = [.. pod.Containers, sidecar], Volumes = volumes };
    }

    private static EnvironmentEntry[] Downward(ModelFacts facts)
    {
        string podName = facts.Name + "-[a-z0-9-]+";
        return
        [
            new("DOTNET_EnableDiagnostics", "0"),
            new("POD_IP", null, "status.podIP", Address),
            new("POD_NAME", null, "metadata.name", podName),
            new("POD_NAMESPACE", null, "metadata.namespace", facts.Namespace),
            new("POD_UID", null, "metadata.uid", Uid),
            new("Sidecar__ListenAddress", "$(POD_IP)", Pattern: Address),
            new("Sidecar__Replica", "$(POD_NAME)/$(POD_UID)", Pattern: $"{podName}/{Uid}"),
        ];
    }

    private static EnvironmentEntry[] Settings(ModelFacts facts)
    {
        AttestationSpec attestation = facts.Spec.Attestation;
        bool ownAuthority = attestation.KeyBroker.CaSecretRef is not null;
        TimeSpan interval = ModelAdmission.ReadDuration(attestation.ReattestInterval)!.Value;
        return
        [
            new("Sidecar__HttpsPort", Names.HttpsPort.ToString()),
            new("Sidecar__HttpPort", Names.HttpPort.ToString()),
            new("Sidecar__MetricsPort", Names.MetricsPort.ToString()),
            new("Sidecar__RuntimeDirectory", Names.RuntimeDirectory),
            new("Sidecar__ModelDirectory", Names.ModelDirectory),
            new("Sidecar__InitDataPath", $"{Names.InitDataDirectory}/{Names.InitDataKey}"),
            new("Sidecar__Model__Name", facts.ModelName),
            new("Sidecar__Model__Uri", facts.Spec.Model.Uri),
            new("Sidecar__Model__ManifestDigest", facts.Spec.Model.ManifestDigest),
            new("Sidecar__Tee", facts.Spec.Tee.Type),
            new("Sidecar__KeyBroker__Url", attestation.KeyBroker.Url),
            new("Sidecar__KeyBroker__CaPath", ownAuthority ? $"{Names.KeyBrokerDirectory}/{Names.CaKey}" : ""),
            new("Sidecar__Resources__ModelKey", facts.Spec.Model.Confidential.ResourceId),
            new("Sidecar__Resources__Callers", facts.Spec.Access.CallersResourceId ?? ""),
            new("Sidecar__Tenant", facts.Tenant),
            new("Sidecar__ReattestInterval", interval.ToString("c")),
            new("Sidecar__Peers", $"dns:///{Names.Peers(facts.Name)}.{facts.Namespace}.svc:{Names.HttpPort}"),
        ];
    }
}
