using k8s;
using k8s.Authentication;

namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>The way to the API server: its address, its authority and our credentials, from a kubeconfig or from the pod.</summary>
internal sealed class ApiConnection : IDisposable
{
    private const string UserAgent = "confidential-operator/0.1.0";
    private readonly k8s.Kubernetes _client;

    public ApiConnection(KubernetesClientConfiguration configuration)
    {
        configuration.UserAgent = UserAgent;
        _client = new k8s.Kubernetes(configuration);
        _client.HttpClient.Timeout = Timeout.InfiniteTimeSpan;
    }

    public Uri Address => _client.BaseUri;

    public HttpClient Http => _client.HttpClient;

    private ServiceClientCredentials? Credentials => _client.Credentials;

    /// <summary>Finds the configuration: the given file, then <c>KUBECONFIG</c>, then the pod's service account, then the user's file.</summary>
    public static KubernetesClientConfiguration Configure(string kubeconfig) => (kubeconfig.Length, Environment.GetEnvironmentVariable("KUBECONFIG")) switch
    {
        ( > 0, _) => KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig),
        (_, { Length: > 0 } named) => KubernetesClientConfiguration.BuildConfigFromConfigFile(named),
        _ when KubernetesClientConfiguration.IsInCluster() => KubernetesClientConfiguration.InClusterConfig(),
        _ => KubernetesClientConfiguration.BuildConfigFromConfigFile(),
    };

    /// <summary>Puts the credentials on a request; tokens of service accounts are read anew as they change.</summary>
    public Task AuthenticateAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.UserAgent.ParseAdd(UserAgent);
        return Credentials is { } credentials ? credentials.ProcessHttpRequestAsync(request, cancellationToken) : Task.CompletedTask;
    }

    public void Dispose() => _client.Dispose();
}
