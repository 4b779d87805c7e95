namespace ConfidentialOperator.Lab.Verbs;

/// <summary>What the Lab's program does.</summary>
internal static class LabVerbs
{
    private const string Usage = """
        usage: demo  [--model DIR]   tells the whole story and ends with code 0 only if every line holds
               up    [--model DIR]   starts the demonstration in the background and prints what to type
               down                  stops what 'up' started
               serve [--model DIR]   the same as 'up', in the foreground
        """;

    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        switch (arguments)
        {
            case ["demo", .. string[] rest] when TryReadModel(rest, out string? model):
                return await DemoVerb.RunAsync(model, cancellationToken);
            case ["up", .. string[] rest] when TryReadModel(rest, out string? model):
                return await UpVerb.RunAsync(model, cancellationToken);
            case ["serve", .. string[] rest] when TryReadModel(rest, out string? model):
                return await ServeVerb.RunAsync(model, cancellationToken);
            case ["down"]:
                return await DownVerb.RunAsync(cancellationToken);
            default:
                await Console.Error.WriteLineAsync(Usage);
                return 64;
        }
    }

    private static bool TryReadModel(string[] rest, out string? model)
    {
        model = rest is ["--model", string folder] ? folder : null;
        return rest.Length == 0 || model is not null;
    }
}
