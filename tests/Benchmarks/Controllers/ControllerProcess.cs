using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer;
using ConfidentialOperator.ApiServer.Http;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Benchmarks.Controllers;

/// <summary>The real Controller as a process, against an API server in this one that counts its requests.</summary>
internal sealed class ControllerProcess : IAsyncDisposable
{
    private const string Namespace = "bench";

    private readonly KubernetesApi _api;
    private readonly Process _process;
    private readonly JsonObject _example;

    private ControllerProcess(KubernetesApi api, Process process, JsonObject example)
    {
        _api = api;
        _process = process;
        _example = example;
    }

    /// <summary>Gets the requests so far, without the lease's and the watches, which go on whatever the Controller has to do.</summary>
    public IReadOnlyList<LoggedRequest> Requests =>
        [.. _api.Requests.Entries.Where(entry => entry.Verb != "watch" && !entry.Resource.StartsWith("leases", StringComparison.Ordinal))];

    public static async Task<ControllerProcess> StartAsync(CancellationToken cancellationToken)
    {
        KubernetesApi api = await KubernetesApi.StartAsync(new KubernetesApiOptions(), cancellationToken);
        api.Store.ApplyManifests(await File.ReadAllTextAsync(InRepository("crds/confidentialmodels.yaml"), cancellationToken));
        api.CreateNamespace(Namespace);
        JsonObject example = BodyReader.ReadManifests(await File.ReadAllTextAsync(InRepository("crds/examples/snp.yaml"), cancellationToken)).Single();
        MakeReferences(api, example);
        Process process = Process.Start(Program(api.KubeconfigPath))!;
        _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var controller = new ControllerProcess(api, process, example);
        await controller.SettleAsync(cancellationToken);
        return controller;
    }

    /// <summary>Creates resources and waits until the Controller has nothing to write.</summary>
    public async Task CreateAsync(int from, int count, CancellationToken cancellationToken)
    {
        for (int number = from; number < from + count; number++)
        {
            JsonObject model = _example.DeepClone().AsObject();
            model["metadata"] = new JsonObject { ["name"] = $"model-{number}", ["namespace"] = Namespace };
            _api.Store.Create(model);
        }

        await SettleAsync(cancellationToken);
    }

    public IReadOnlyList<LoggedRequest> RequestsOf(int number) => [.. Requests.Where(entry => entry.Name.Contains($"model-{number}", StringComparison.Ordinal))];

    /// <summary>Waits until no request was made for a while.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        int before;
        do
        {
            before = Requests.Count;
            await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
            ObjectDisposedException.ThrowIf(_process.HasExited, _process);
        }
        while (before == 0 || before != Requests.Count);
    }

    /// <summary>Gets the process's resident memory in megabytes.</summary>
    public double ResidentMegabytes()
    {
        string line = File.ReadLines($"/proc/{_process.Id.ToString(CultureInfo.InvariantCulture)}/status").Single(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        await _api.DisposeAsync();
    }

    /// <summary>What the resource names exists; its broker does not answer, which costs no request to the API server.</summary>
    private static void MakeReferences(KubernetesApi api, JsonObject example)
    {
        example["spec"]!["attestation"]!["keyBroker"] = new JsonObject { ["url"] = "https://127.0.0.1:1" };
        api.Store.Create(new JsonObject
        {
            ["apiVersion"] = "node.k8s.io/v1",
            ["kind"] = "RuntimeClass",
            ["metadata"] = new JsonObject { ["name"] = "kata-qemu-snp" },
            ["handler"] = "kata-qemu-snp",
        });
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        string envelope = Encoding.UTF8.GetString(DsseEnvelope.Sign(TrustPolicy.PayloadType, "{\"policyVersion\":1}"u8, owner).ToJson());
        api.Store.Create(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = (string)example["spec"]!["attestation"]!["trustPolicyRef"]!["name"]!, ["namespace"] = Namespace },
            ["data"] = new JsonObject { ["policy.dsse.json"] = envelope },
        });
    }

    private static ProcessStartInfo Program(string kubeconfig)
    {
        // artifacts/bin/Benchmarks/<configuration>/ beside artifacts/bin/Controller/<configuration>/
        string own = AppContext.BaseDirectory.TrimEnd('/');
        string program = Path.Combine(own, "..", "..", "Controller", Path.GetFileName(own), "ConfidentialOperator.Controller");
        var start = new ProcessStartInfo(Path.GetFullPath(program)) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = kubeconfig;
        start.Environment["Controller__ListenAddress"] = "127.0.0.1";
        start.Environment["Controller__MetricsPort"] = "0";
        start.Environment["Controller__HealthPort"] = "0";
        start.Environment["Controller__ModelSources"] = "oci,file,https";
        return start;
    }

    private static string InRepository(string path)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "ConfidentialOperator.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(folder ?? throw new InvalidOperationException("ConfidentialOperator.sln was not found."), path);
    }
}
