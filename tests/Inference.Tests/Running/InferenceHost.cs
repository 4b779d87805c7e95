using ConfidentialOperator.Inference.Confinement;
using ConfidentialOperator.Protocol;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ConfidentialOperator.Inference.Tests.Running;

/// <summary>The application inside the test's process, without its filter: for tests that move the clock.</summary>
internal sealed class InferenceHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly string _folder;

    private InferenceHost(WebApplication application, string folder, TestClock clock)
    {
        (_application, _folder, Clock) = (application, folder, clock);
        Sockets = new GuestSockets(folder);
    }

    public GuestSockets Sockets { get; }

    public TestClock Clock { get; }

    public static async Task<InferenceHost> StartAsync(SealedModel model, Refusal? notConfined = null, params (string Name, string? Value)[] settings)
    {
        string folder = Directory.CreateTempSubdirectory("guest-").FullName;
        var clock = new TestClock(TimeProvider.System.GetUtcNow());
        WebApplication application = InferenceApplication.Create(new ConfinementVerdict(notConfined, false), builder =>
        {
            var given = Settings.For(model, folder).Concat(settings).GroupBy(setting => setting.Name)
                .ToDictionary(group => group.Key.Replace("__", ":", StringComparison.Ordinal), group => group.Last().Value);
            builder.Configuration.AddInMemoryCollection(given);
            builder.Logging.ClearProviders();
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
        });
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new InferenceHost(application, folder, clock);
    }

    public async ValueTask DisposeAsync()
    {
        Sockets.Dispose();
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
