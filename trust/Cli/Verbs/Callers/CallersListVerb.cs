using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol.Access;
using Spectre.Console;

namespace ConfidentialOperator.Cli.Verbs.Callers;

/// <summary><c>cfm callers list</c>: prints the list.</summary>
internal static class CallersListVerb
{
    public static Command Create(CommandContext context)
    {
        Argument<FileInfo> file = CallerFile.Argument("The list.");
        Option<string> output = SharedOptions.Output();
        var command = new Command("list", "Print the callers.") { file, output };
        context.Attach(command, parse =>
        {
            CallerList list = CallerFile.Read(parse.GetRequiredValue(file));
            if (parse.IsJson(output))
            {
                context.WriteJson(JsonNode.Parse(list.ToJson())!);
                return ExitCode.Accepted;
            }

            DateTimeOffset now = context.Time.GetUtcNow();
            var table = new Table().RoundedBorder().AddColumns("NAME", "MODELS", "IN FLIGHT", "UNTIL", "KEY SHA-256");
            foreach (Caller caller in list.Callers)
            {
                string until = caller.NotAfter > now ? $"{caller.NotAfter:u}" : $"{caller.NotAfter:u} (expired)";
                table.AddRow([.. new[] { caller.Name, string.Join(", ", caller.Models), $"{caller.MaxInFlight}", until, caller.KeySha256.ToString()[..16] }.Select(Markup.Escape)]);
            }

            context.Output.WriteLine($"callers of tenant {list.Tenant}, version {list.Version}");
            context.Console.Write(table);
            return ExitCode.Accepted;
        });
        return command;
    }
}
