using ConfidentialOperator.Lab.Demo;
using ConfidentialOperator.Lab.Hosting;
using ConfidentialOperator.Lab.Tests.EndToEnd;

[assembly: AssemblyFixture(typeof(LabFixture))]

namespace ConfidentialOperator.Lab.Tests.EndToEnd;

/// <summary>
/// One Lab for all tests that only use it: three models of the demonstration, SmolLM2 when it is there, and the proxy. It is started by the first
/// test that asks for it.
/// </summary>
public sealed class LabFixture : IAsyncDisposable
{
    public const string SmolLm = "smollm2-135m-instruct";

    private readonly SemaphoreSlim _gate = new(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("lab-").FullName;
    private Stage? _stage;
    private Exception? _failure;

    internal async Task<Stage> StageAsync()
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_failure is not null) throw new InvalidOperationException($"The Lab did not start: {_failure.Message}", _failure);
            return _stage ??= await StartAsync();
        }
        catch (LabException exception)
        {
            _failure = exception;
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stage is not null) await _stage.DisposeAsync();
        _gate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<Stage> StartAsync()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        LabFolders folders = LabFolders.At(Path.Combine(_folder, "data"));
        Directory.CreateDirectory(folders.Models);
        List<DemoModel> models = [DemoModels.Faq(folders), await DemoModels.UseLiteAsync(folders, cancellationToken), DemoModels.Wdbc(folders)];
        string? given = Repository.Shared is null ? null : Path.Combine(Repository.Shared, "models", SmolLm);
        if (given is not null && Directory.Exists(given)) models.Add(DemoModels.Given(given));
        Stage stage = await Stage.BuildAsync(folders, models, cancellationToken);
        try
        {
            await stage.DeployAsync(cancellationToken);
            await stage.StartProxyAsync(cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }
}
