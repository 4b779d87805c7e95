using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Channel;
using Spectre.Console;

namespace ConfidentialOperator.Cli.Running;

/// <summary>What a verb may touch besides its arguments: the streams, the clock and the environment.</summary>
internal sealed record CommandContext
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>Wide enough that nothing is wrapped when the output is not a terminal.</summary>
    private const int UnboundedWidth = 4096;

    public required TextReader Input { get; init; }

    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    public required TimeProvider Time { get; init; }

    public required Func<string, string?> Variable { get; init; }

    /// <summary>Gets a console for people on the standard output.</summary>
    public IAnsiConsole Console => MakeConsole();

    public static CommandContext OfProcess() => new()
    {
        Input = System.Console.In,
        Output = System.Console.Out,
        Error = System.Console.Error,
        Time = TimeProvider.System,
        Variable = Environment.GetEnvironmentVariable,
    };

    /// <summary>Prints one JSON document.</summary>
    public void WriteJson(JsonNode node) => Output.WriteLine(node.ToJsonString(s_indented));

    /// <summary>Runs a verb and turns a refusal into its line and code.</summary>
    public async Task<int> GuardAsync(Func<Task<int>> verb)
    {
        try
        {
            return await verb().ConfigureAwait(false);
        }
        catch (CommandRefusedException exception)
        {
            return Fail(exception.Refusal);
        }
        catch (ChannelException exception)
        {
            return Fail(exception.Refusal);
        }
        catch (HttpRequestException exception)
        {
            return Fail((exception.InnerException as ChannelException)?.Refusal ?? new(RefusalReason.InternalError, exception.Message));
        }
        catch (OperationCanceledException)
        {
            return Fail(new(RefusalReason.InternalError, "The command was interrupted."));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Fail(new(RefusalReason.InternalError, exception.Message));
        }
    }

    /// <summary>Prints a refusal as every verb does.</summary>
    public int Fail(Refusal refusal)
    {
        Error.WriteLine($"error: {refusal.Reason}: {OneLine.Of(refusal.Message)}");
        return ExitCode.Of(refusal.Reason);
    }

    /// <summary>Attaches a verb that needs no waiting.</summary>
    public void Attach(Command command, Func<ParseResult, int> verb) =>
        command.SetAction((parse, _) => GuardAsync(() => Task.FromResult(verb(parse))));

    /// <summary>Attaches a verb.</summary>
    public void Attach(Command command, Func<ParseResult, CancellationToken, Task<int>> verb) =>
        command.SetAction((parse, token) => GuardAsync(() => verb(parse, token)));

    private IAnsiConsole MakeConsole()
    {
        bool terminal = ReferenceEquals(Output, System.Console.Out) && !System.Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Output),
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        console.Profile.Width = terminal ? console.Profile.Width : UnboundedWidth;
        return console;
    }
}
