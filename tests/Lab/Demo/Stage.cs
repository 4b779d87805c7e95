using ConfidentialOperator.Lab.Hosting;

namespace ConfidentialOperator.Lab.Demo;

/// <summary>Everything that the chapters share: the cluster, the two desks, the models, the user's proxy.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly List<DemoModel> _models = [];
    private UserProxy? _proxy;

    private Stage(LabCluster cluster)
    {
        Cluster = cluster;
        Owner = new OwnerDesk(cluster);
        Admin = new AdminDesk(cluster, Owner);
        User = new UserDesk(cluster, Owner);
    }

    public LabCluster Cluster { get; }

    public OwnerDesk Owner { get; }

    public AdminDesk Admin { get; }

    public UserDesk User { get; }

    public IReadOnlyList<DemoModel> Models => _models;

    public IReadOnlyList<string> Names => [.. _models.Select(model => model.Name)];

    /// <summary>The proxy on the user's own machine.</summary>
    public UserProxy Proxy => _proxy ?? throw new LabException("The proxy does not run.");

    /// <summary>Starts the cluster and gathers the models: the three of the demonstration, and one more when a folder is given.</summary>
    public static async Task<Stage> BuildAsync(LabFolders folders, string? modelFolder, CancellationToken cancellationToken)
    {
        DemoModel? given = modelFolder is null ? null : DemoModels.Given(modelFolder);
        Directory.CreateDirectory(folders.Models);
        DemoModel sentences = await DemoModels.UseLiteAsync(folders, cancellationToken);
        Stage stage = new(await LabCluster.StartAsync(folders, cancellationToken));
        stage._models.AddRange([DemoModels.Faq(folders), sentences, DemoModels.Wdbc(folders)]);
        if (given is not null) stage._models.Add(given);
        return stage;
    }

    /// <summary>Builds a stage around given models only.</summary>
    public static async Task<Stage> BuildAsync(LabFolders folders, IReadOnlyList<DemoModel> models, CancellationToken cancellationToken)
    {
        Stage stage = new(await LabCluster.StartAsync(folders, cancellationToken));
        stage._models.AddRange(models);
        return stage;
    }

    /// <summary>The owner's part and the admin's part, without a word: for what comes after.</summary>
    public async Task DeployAsync(CancellationToken cancellationToken)
    {
        await Owner.MakeKeysAsync(cancellationToken);
        foreach (DemoModel model in Models)
        {
            await Owner.SealAsync(model, cancellationToken);
            await Owner.SignPolicyAsync(model.Name, cancellationToken);
        }

        await Owner.SignCallersAsync(Models, cancellationToken);
        await Owner.UploadAsync(Models, cancellationToken);
        await Admin.PrepareAsync(cancellationToken);
        foreach (DemoModel model in Models) await Admin.ApplyAsync(model.Name, cancellationToken);
        ToolResult waited = await Admin.WaitReadyAsync(Names, cancellationToken);
        if (waited.Code == 0) return;
        string states = string.Join("; ", Names.Select(name => $"{name}: {Admin.Condition(name, "Ready")}"));
        throw new LabException($"The models did not become Ready: {waited.All.Trim()} {states}");
    }

    public async Task StartProxyAsync(CancellationToken cancellationToken) => _proxy = await UserProxy.StartAsync(this, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null) await _proxy.DisposeAsync();
        await Cluster.DisposeAsync();
    }
}
