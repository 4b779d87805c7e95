
namespace ConfidentialOperator.ApiServer.Http;

/// <summary>Leaves the process's signals alone: they belong to the program around the server.</summary>
internal sealed class EmbeddedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
