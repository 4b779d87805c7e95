using ConfidentialOperator.Cli.Running;

namespace ConfidentialOperator.Cli.Proxy;

/// <summary>Writes log lines to one stream: level, category-free sentence, nothing else.</summary>
internal sealed class TextLoggerProvider(TextWriter output) : ILoggerProvider
{
    private readonly TextWriter _output = TextWriter.Synchronized(output);

    public ILogger CreateLogger(string categoryName) => new TextLogger(_output);

    public void Dispose()
    {
    }

    private sealed class TextLogger(TextWriter output) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                output.WriteLine($"{logLevel.ToString().ToLowerInvariant()}: {OneLine.Of(formatter(state, exception))}{(exception is null ? "" : $" ({exception.GetType().Name})")}");
            }
        }
    }
}
