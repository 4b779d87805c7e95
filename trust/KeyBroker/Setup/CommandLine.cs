using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Setup;

/// <summary>The two things that the program does: make the files of a new broker, and serve.</summary>
internal static class CommandLine
{
    private const string Usage = """
        usage: ConfidentialOperator.KeyBroker init FOLDER [--host NAME]... [--urls https://0.0.0.0:8443]
               ConfidentialOperator.KeyBroker [serve] [--config FILE]
        """;

    public static async Task<int> RunAsync(string[] args, TimeProvider time, TextWriter output, TextWriter error)
    {
        try
        {
            return args switch
            {
                ["init", string folder, .. string[] options] when !folder.StartsWith('-') && TryReadInit(options, out List<string> hosts, out string urls) =>
                    InitCommand.Run(folder, hosts, urls, time, output),
                ["serve"] or [] => await ServeAsync(null).ConfigureAwait(false),
                ["serve", "--config", string file] => await ServeAsync(file).ConfigureAwait(false),
                ["--config", string file] => await ServeAsync(file).ConfigureAwait(false),
                _ => Fail(error, Usage, 64),
            };
        }
        catch (Exception exception) when (exception is InvalidDataException or OptionsValidationException or IOException or UnauthorizedAccessException)
        {
            return Fail(error, $"The broker does not start: {exception.Message}", 1);
        }
    }

    private static async Task<int> ServeAsync(string? config)
    {
        await using WebApplication application = await BrokerApplication.CreateAsync(config, configure: null, CancellationToken.None).ConfigureAwait(false);
        await application.RunAsync().ConfigureAwait(false);
        return 0;
    }

    private static bool TryReadInit(string[] options, out List<string> hosts, out string urls)
    {
        hosts = [];
        urls = "https://0.0.0.0:8443";
        for (int i = 0; i + 1 < options.Length; i += 2)
        {
            switch (options[i])
            {
                case "--host":
                    hosts.Add(options[i + 1]);
                    break;
                case "--urls":
                    urls = options[i + 1];
                    break;
                default:
                    return false;
            }
        }

        if (hosts.Count == 0)
        {
            hosts.Add("localhost");
        }

        return options.Length % 2 == 0;
    }

    private static int Fail(TextWriter error, string message, int code)
    {
        error.WriteLine(message);
        return code;
    }
}
