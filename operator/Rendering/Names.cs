namespace ConfidentialOperator.Rendering;

/// <summary>Names, paths and ports that the pod, its policy and the other programs agree on.</summary>
public static class Names
{
    /// <summary>The container that opens the model and answers.</summary>
    public const string InferenceContainer = "inference";

    /// <summary>The container that proves, fetches and relays.</summary>
    public const string SidecarContainer = "sidecar";

    /// <summary>The memory-backed folder of the Unix sockets.</summary>
    public const string RuntimeDirectory = "/run/confidential-model";

    /// <summary>The folder of the sealed model: ciphertext.</summary>
    public const string ModelDirectory = "/var/lib/confidential-model";

    /// <summary>The folder of the initdata.</summary>
    public const string InitDataDirectory = "/etc/confidential-model";

    /// <summary>The initdata's key in its ConfigMap.</summary>
    public const string InitDataKey = "initdata.toml";

    /// <summary>The folder of the broker's certificate authority.</summary>
    public const string KeyBrokerDirectory = "/etc/key-broker";

    /// <summary>The key of a certificate authority in its Secret.</summary>
    public const string CaKey = "ca.crt";

    /// <summary>The folder of the certificate authority of the model's source.</summary>
    public const string SourceCaDirectory = "/etc/model-source";

    /// <summary>The folder of the names and passwords for the model's registry.</summary>
    public const string PullSecretDirectory = "/etc/model-registry";

    /// <summary>The key of the names and passwords in a pull secret.</summary>
    public const string PullSecretKey = ".dockerconfigjson";

    /// <summary>The folder at which the volume of a <c>pvc://</c> source is mounted, read-only.</summary>
    public const string SourceVolumeDirectory = "/mnt/model-source";

    /// <summary>The annotation of the initdata's digest, on the Deployment and its pods.</summary>
    public const string InitDataDigestAnnotation = "confidential-operator.dev/initdata-digest";

    /// <summary>The Sidecar's port with its own certificate.</summary>
    public const int HttpsPort = 8443;

    /// <summary>The Sidecar's port behind TLS terminators and for probes.</summary>
    public const int HttpPort = 8080;

    /// <summary>The port of the pod's metrics.</summary>
    public const int MetricsPort = 9090;

    /// <summary>The user and group that both containers run as.</summary>
    public const int User = 65532;

    /// <summary>Gets the name of the headless Service.</summary>
    /// <param name="model">The resource's name.</param>
    /// <returns>The name.</returns>
    public static string Peers(string model) => model + "-peers";

    /// <summary>Gets the name of the ConfigMap with the initdata.</summary>
    /// <param name="model">The resource's name.</param>
    /// <returns>The name.</returns>
    public static string InitData(string model) => model + "-initdata";
}
