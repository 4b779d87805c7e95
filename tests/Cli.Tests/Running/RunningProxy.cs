using ConfidentialOperator.Cli.Running;

namespace ConfidentialOperator.Cli.Tests.Running;

/// <summary>A proxy on a free port, started by its command line.</summary>
internal sealed class RunningProxy : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly FirstLineWriter _output = new();
    private readonly StringWriter _error = new();
    private Task<int> _run = Task.FromResult(0);

    public HttpClient Client { get; private set; } = new();

    public string Log
    {
        get
        {
            lock (_error)
            {
                return _error.ToString();
            }
        }
    }

    public static async Task<RunningProxy> StartAsync(CliWorld world, params IReadOnlyList<string> args)
    {
        var proxy = new RunningProxy();
        Dictionary<string, string> variables = world.Variables;
        var context = new CommandContext
        {
            Input = TextReader.Null,
            Output = proxy._output,
            Error = TextWriter.Synchronized(proxy._error),
            Time = TimeProvider.System,
            Variable = name => variables.GetValueOrDefault(name),
        };
        proxy._run = CommandTree.RunAsync(["proxy", "--listen", "127.0.0.1:0", .. args], context, proxy._stop.Token);
        Task first = await Task.WhenAny(proxy._output.FirstLine, proxy._run);
        Assert.True(first != proxy._run, proxy.Log);
        proxy.Client = new HttpClient { BaseAddress = new Uri((await proxy._output.FirstLine)["listening on ".Length..]) };
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _stop.CancelAsync();
        Assert.Equal(0, await _run);
        _stop.Dispose();
    }

    private sealed class FirstLineWriter : StringWriter
    {
        private readonly TaskCompletionSource<string> _line = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> FirstLine => _line.Task;

        public override Task WriteLineAsync(string? value)
        {
            _line.TrySetResult(value ?? "");
            return Task.CompletedTask;
        }
    }
}
