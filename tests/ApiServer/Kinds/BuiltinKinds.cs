using ConfidentialOperator.ApiServer.Schemas;

namespace ConfidentialOperator.ApiServer.Kinds;

/// <summary>The kinds that exist without a custom resource definition.</summary>
internal static class BuiltinKinds
{
    private const string Core = "io.k8s.api.core.v1.";

    private static readonly ScalePaths s_replicas = new(".spec.replicas", ".status.replicas", null);

    private static readonly string[] s_eventFields =
    [
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
        "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
    ];

    private static readonly string[] s_podFields =
        ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.phase", "status.podIP", "status.nominatedNodeName"];

    public static IReadOnlyList<ResourceKind> All { get; } =
    [
        .. CoreKinds(),
        .. AppKinds(),
        .. AccessKinds(),
    ];

    public static ResourceKind Scale { get; } =
        Make("autoscaling", "Scale", "scale", "io.k8s.api.autoscaling.v1.Scale");

    private static IEnumerable<ResourceKind> CoreKinds() =>
    [
        Make("", "Namespace", "namespaces", Core + "Namespace", "ns") with
        {
            Namespaced = false, HasStatus = true, SelectableFields = ["status.phase"],
        },
        Make("", "Pod", "pods", Core + "Pod", "po") with
        {
            HasStatus = true, HasGeneration = true, Categories = ["all"], SelectableFields = s_podFields,
        },
        Make("", "Service", "services", Core + "Service", "svc") with
        {
            HasStatus = true, Categories = ["all"], SelectableFields = ["spec.clusterIP", "spec.type"],
        },
        Make("", "ConfigMap", "configmaps", Core + "ConfigMap", "cm"),
        Make("", "Secret", "secrets", Core + "Secret") with { SelectableFields = ["type"] },
        Make("", "ServiceAccount", "serviceaccounts", Core + "ServiceAccount", "sa"),
        Make("", "Node", "nodes", Core + "Node", "no") with
        {
            Namespaced = false, HasStatus = true, SelectableFields = ["spec.unschedulable"],
        },
        Make("", "Event", "events", Core + "Event", "ev") with { SelectableFields = s_eventFields },
        Make("", "Endpoints", "endpoints", Core + "Endpoints", "ep") with { Singular = "endpoints", ListKind = "EndpointsList" },
        Make("", "PersistentVolumeClaim", "persistentvolumeclaims", Core + "PersistentVolumeClaim", "pvc") with { HasStatus = true },
        Make("events.k8s.io", "Event", "events", "io.k8s.api.events.v1.Event", "ev") with
        {
            SelectableFields = ["regarding.kind", "regarding.name", "regarding.namespace", "reason", "type", "reportingController"],
        },
    ];

    private static IEnumerable<ResourceKind> AppKinds() =>
    [
        Make("apps", "Deployment", "deployments", "io.k8s.api.apps.v1.Deployment", "deploy") with
        {
            HasStatus = true, HasGeneration = true, Scale = s_replicas, Categories = ["all"],
        },
        Make("apps", "ReplicaSet", "replicasets", "io.k8s.api.apps.v1.ReplicaSet", "rs") with
        {
            HasStatus = true, HasGeneration = true, Scale = s_replicas, Categories = ["all"], SelectableFields = ["status.replicas"],
        },
        Make("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions",
            "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition", "crd", "crds") with
        {
            Namespaced = false, HasStatus = true, HasGeneration = true, Categories = ["api-extensions"],
        },
        Make("apiregistration.k8s.io", "APIService", "apiservices", "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService") with
        {
            Namespaced = false, HasStatus = true, Categories = ["api-extensions"],
        },
        Make("coordination.k8s.io", "Lease", "leases", "io.k8s.api.coordination.v1.Lease"),
        Make("discovery.k8s.io", "EndpointSlice", "endpointslices", "io.k8s.api.discovery.v1.EndpointSlice") with { HasGeneration = true },
        Make("networking.k8s.io", "NetworkPolicy", "networkpolicies", "io.k8s.api.networking.v1.NetworkPolicy", "netpol") with
        {
            HasGeneration = true,
        },
        Make("node.k8s.io", "RuntimeClass", "runtimeclasses", "io.k8s.api.node.v1.RuntimeClass") with { Namespaced = false },
        Make("policy", "PodDisruptionBudget", "poddisruptionbudgets", "io.k8s.api.policy.v1.PodDisruptionBudget", "pdb") with
        {
            HasStatus = true, HasGeneration = true,
        },
    ];

    private static IEnumerable<ResourceKind> AccessKinds() =>
    [
        Make("rbac.authorization.k8s.io", "Role", "roles", "io.k8s.api.rbac.v1.Role"),
        Make("rbac.authorization.k8s.io", "RoleBinding", "rolebindings", "io.k8s.api.rbac.v1.RoleBinding"),
        Make("rbac.authorization.k8s.io", "ClusterRole", "clusterroles", "io.k8s.api.rbac.v1.ClusterRole") with { Namespaced = false },
        Make("rbac.authorization.k8s.io", "ClusterRoleBinding", "clusterrolebindings", "io.k8s.api.rbac.v1.ClusterRoleBinding") with
        {
            Namespaced = false,
        },
    ];

    private static ResourceKind Make(string group, string kind, string plural, string definition, params string[] shortNames) => new()
    {
        Group = group,
        Version = "v1",
        Kind = kind,
        Plural = plural,
        Singular = kind.ToLowerInvariant(),
        Schema = BuiltinSchemas.Find(definition),
        DefinitionName = definition,
        ShortNames = shortNames,
    };
}
