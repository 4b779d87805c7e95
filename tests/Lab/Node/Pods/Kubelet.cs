using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Node.Control;

namespace ConfidentialOperator.Lab.Node.Pods;

/// <summary>Runs the pods that are assigned to this node, and removes those that are being deleted once nothing of them runs.</summary>
internal sealed class Kubelet : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, PodWorker> _workers = new(StringComparer.Ordinal);
    private readonly KubeletContext _context;
    private readonly ControlLoop _loop;

    public Kubelet(KubeletContext context)
    {
        _context = context;
        _loop = new ControlLoop(context.Store, ["pods", "configmaps", "secrets"], ReconcileAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        foreach (PodWorker worker in _workers.Values) worker.Stop(TimeSpan.FromSeconds(5));
        await Task.WhenAll(_workers.Values.Select(worker => worker.Completion));
    }

    private Task ReconcileAsync()
    {
        List<JsonObject> pods = [.. _context.Store.List("pods").Where(pod => pod.Text("spec", "nodeName") == ClusterObjects.NodeName)];
        foreach (JsonObject pod in pods)
        {
            PodWorker? worker = _workers.GetValueOrDefault(pod.Uid());
            if (Owned.IsLeaving(pod)) Leave(pod, worker);
            else if (worker is null) Enter(pod);
            else worker.Refresh();
        }

        HashSet<string> present = [.. pods.Select(pod => pod.Uid())];
        foreach (PodWorker worker in _workers.Values.Where(worker => !present.Contains(worker.Uid)))
        {
            worker.Stop(TimeSpan.Zero);
            if (worker.Completion.IsCompleted && _workers.TryRemove(worker.Uid, out PodWorker? ended)) ended.Dispose();
        }

        return Task.CompletedTask;
    }

    private void Enter(JsonObject pod)
    {
        PodWorker worker = new(_context, pod);
        _workers[pod.Uid()] = worker;
        worker.Start();
        _ = worker.Completion.ContinueWith(_ => _loop.Poke(), TaskScheduler.Default);
    }

    private void Leave(JsonObject pod, PodWorker? worker)
    {
        worker?.Stop(TimeSpan.FromSeconds(pod.Integer("metadata", "deletionGracePeriodSeconds") ?? 30));
        if (worker is { Completion.IsCompleted: false }) return;
        if (_workers.TryRemove(pod.Uid(), out PodWorker? ended)) ended.Dispose();
        try
        {
            _context.Store.Delete("pods", pod.Namespace(), pod.Name(), new() { GracePeriodSeconds = 0, Uid = pod.Uid() });
        }
        catch (ApiStatusException gone) when (gone.Code is 404 or 409)
        {
            // Another pod has the name by now.
        }
    }
}
