using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.Lab.Node.Control;

namespace ConfidentialOperator.Lab.Node.Services;

/// <summary>The endpoint controller and the service proxy: EndpointSlices, files for names, and a forwarder for each port.</summary>
internal sealed class ServiceLoop : IAsyncDisposable
{
    private const string ServiceLabel = "kubernetes.io/service-name";

    private readonly ConcurrentDictionary<string, ServiceForwarder> _forwarders = new(StringComparer.Ordinal);
    private readonly Store _store;
    private readonly NameFiles _names;
    private readonly ControlLoop _loop;

    public ServiceLoop(Store store, NameFiles names)
    {
        _store = store;
        _names = names;
        _loop = new ControlLoop(store, ["services", "pods"], ReconcileAsync);
    }

    /// <summary>The forwarder of a Service's port, or null before there is one.</summary>
    public ServiceForwarder? Forwarder(string space, string service, int port) => _forwarders.GetValueOrDefault($"{space}/{service}/{port}");

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        foreach (ServiceForwarder forwarder in _forwarders.Values) await forwarder.DisposeAsync();
    }

    private async Task ReconcileAsync()
    {
        HashSet<string> wanted = new(StringComparer.Ordinal);
        foreach (JsonObject service in _store.List("services").Where(item => !Owned.IsLeaving(item)))
        {
            if (service.Find("spec", "selector") is not JsonObject { Count: > 0 }) continue;
            WriteSlice(service);
            if (service.Text("spec", "clusterIP") is not { Length: > 0 } address || address == "None") continue;
            foreach (JsonObject port in service.Items("spec", "ports")) wanted.Add(Forward(service, IPAddress.Parse(address), port));
        }

        foreach (string gone in _forwarders.Keys.Except(wanted).ToList())
        {
            if (_forwarders.TryRemove(gone, out ServiceForwarder? forwarder)) await forwarder.DisposeAsync();
        }

        _names.Update(_store);
    }

    private string Forward(JsonObject service, IPAddress address, JsonObject port)
    {
        int number = (int)(port.Integer("port") ?? 0);
        string key = $"{service.Namespace()}/{service.Name()}/{number}";
        _forwarders.GetOrAdd(key, _ => new ServiceForwarder(address, number)).Send(ServicePods.Endpoints(_store, service, port));
        return key;
    }

    private void WriteSlice(JsonObject service)
    {
        List<JsonObject> pods = [.. ServicePods.Selected(_store, service.Namespace(), service.Find("spec", "selector"))];
        JsonObject slice = new()
        {
            ["apiVersion"] = "discovery.k8s.io/v1",
            ["kind"] = "EndpointSlice",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{service.Name()}-lab",
                ["namespace"] = service.Namespace(),
                ["labels"] = new JsonObject { [ServiceLabel] = service.Name(), ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io" },
                ["ownerReferences"] = Owned.Reference(service),
            },
            ["addressType"] = "IPv4",
            ["endpoints"] = new JsonArray([.. pods.Select(pod => (JsonNode)Endpoint(pod))]),
            ["ports"] = new JsonArray([.. pods.Count == 0 ? [] : service.Items("spec", "ports").Select(port => (JsonNode)Port(pods[0], port))]),
        };
        JsonObject? present = _store.Get("endpointslices.discovery.k8s.io", service.Namespace(), $"{service.Name()}-lab");
        bool same = present is not null && JsonNode.DeepEquals(present["endpoints"], slice["endpoints"]) && JsonNode.DeepEquals(present["ports"], slice["ports"]);
        if (!same) _store.Apply(slice, new() { FieldManager = "endpointslice-controller", Force = true });
    }

    private static JsonObject Endpoint(JsonObject pod)
    {
        bool ready = Conditions.Holds(pod, "Ready");
        return new JsonObject
        {
            ["addresses"] = new JsonArray(pod.Text("status", "podIP")),
            ["conditions"] = new JsonObject { ["ready"] = ready, ["serving"] = ready, ["terminating"] = false },
            ["nodeName"] = ClusterObjects.NodeName,
            ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["name"] = pod.Name(), ["namespace"] = pod.Namespace(), ["uid"] = pod.Uid() },
        };
    }

    private static JsonObject Port(JsonObject pod, JsonObject port) => new JsonObject
    {
        ["name"] = port.Text("name") ?? "",
        ["port"] = ServicePods.TargetPort(pod, port),
        ["protocol"] = port.Text("protocol") ?? "TCP",
    };
}
