using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Access;

namespace ConfidentialOperator.Cli.Verbs.Callers;

/// <summary><c>cfm callers remove</c>: takes a caller out of the list.</summary>
internal static class CallersRemoveVerb
{
    public static Command Create(CommandContext context)
    {
        Argument<FileInfo> file = CallerFile.Argument("The list.");
        var name = new Option<string>("--name") { Description = "The caller's name.", Required = true, HelpName = "NAME" };
        Option<string> output = SharedOptions.Output();
        var command = new Command("remove", "Take a caller out of the list.") { file, name, output };
        context.Attach(command, parse =>
        {
            FileInfo target = parse.GetRequiredValue(file);
            string removed = parse.GetRequiredValue(name);
            CallerList list = CallerFile.Read(target);
            if (list.Callers.All(caller => caller.Name != removed))
            {
                throw new CommandRefusedException(RefusalReason.CallerUnknown, $"The list has no caller '{removed}'.");
            }

            list = list with { Version = list.Version + 1, Callers = [.. list.Callers.Where(caller => caller.Name != removed)] };
            CallerFile.Write(target, list);
            if (parse.IsJson(output))
            {
                context.WriteJson(new JsonObject { ["removed"] = removed, ["version"] = list.Version });
            }
            else
            {
                context.Output.WriteLine($"removed {removed} in version {list.Version} of the list of tenant {list.Tenant}; sign and upload it");
            }

            return ExitCode.Accepted;
        });
        return command;
    }
}
