using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Access;

namespace ConfidentialOperator.Cli.Verbs.Callers;

/// <summary><c>cfm callers keygen</c>: a caller makes a key and gives only its digest to the owner.</summary>
internal static class CallersKeygenVerb
{
    public static Command Create(CommandContext context)
    {
        Option<string> output = SharedOptions.Output();
        var command = new Command("keygen", "Make a caller's key. It is shown once and kept nowhere; the owner needs only the digest.") { output };
        context.Attach(command, parse =>
        {
            (string key, ByteString digest) = Make();
            if (parse.IsJson(output))
            {
                context.WriteJson(new JsonObject { ["key"] = key, ["sha256"] = digest.ToString() });
            }
            else
            {
                context.Output.WriteLine($"key: {key}");
                context.Output.WriteLine($"sha256: {digest}");
            }

            return ExitCode.Accepted;
        });
        return command;
    }

    public static (string Key, ByteString Sha256) Make()
    {
        string key = CallerKey.Generate();
        return CallerKey.TryHash(key, out ByteString? digest) ? (key, digest) : throw new InvalidOperationException("A key that was just made is no key.");
    }
}
