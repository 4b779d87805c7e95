using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Access;

namespace ConfidentialOperator.Cli.Verbs.Callers;

/// <summary><c>cfm callers add</c>: adds a caller; without a digest a key is made and shown once.</summary>
internal static class CallersAddVerb
{
    private const int UsualInFlight = 8;

    public static Command Create(CommandContext context)
    {
        Argument<FileInfo> file = CallerFile.Argument("The list; it is made when it does not exist.");
        var tenant = new Option<string?>("--tenant") { Description = "The tenant of a new list.", HelpName = "NAME" };
        var name = new Option<string>("--name") { Description = "The caller's name; it never leaves the guest.", Required = true, HelpName = "NAME" };
        var models = new Option<string[]>("--model") { Description = "A model that the caller may use. May be given several times.", Required = true, HelpName = "NAME" };
        var inFlight = new Option<int>("--max-in-flight") { Description = "The most requests at the same time.", DefaultValueFactory = _ => UsualInFlight, HelpName = "NUMBER" };
        var digest = new Option<string?>("--key-sha256") { Description = "The digest of a key that the caller made (cfm callers keygen).", HelpName = "HEX" };
        Option<DateTimeOffset?> notAfter = SharedOptions.NotAfter("the key");
        Option<int?> days = SharedOptions.ValidDays("the key");
        Option<string> output = SharedOptions.Output();
        var command = new Command("add", "Add a caller. Without --key-sha256 a key is made and shown once.") { file, tenant, name, models, inFlight, digest, notAfter, days, output };
        context.Attach(command, parse =>
        {
            FileInfo target = parse.GetRequiredValue(file);
            CallerList list = target.Exists ? CallerFile.Read(target) : Empty(parse.GetValue(tenant));
            (string? key, ByteString sha256) = parse.GetValue(digest) is { } given ? (null, Digest(given)) : CallersKeygenVerb.Make();
            DateTimeOffset end = EndOfValidity.Of(parse.GetValue(notAfter), parse.GetValue(days), context.Time.GetUtcNow());
            var caller = new Caller(parse.GetRequiredValue(name), sha256, parse.GetRequiredValue(models), parse.GetRequiredValue(inFlight), end);
            list = list with { Version = list.Version + 1, Callers = [.. list.Callers, caller] };
            CallerFile.Write(target, list);
            Print(context, list, caller, key, parse.IsJson(output));
            return ExitCode.Accepted;
        });
        return command;
    }

    private static CallerList Empty(string? tenant) => new()
    {
        Tenant = tenant ?? throw new CommandRefusedException(RefusalReason.Malformed, "A new list needs --tenant."),
        Version = 0,
        Callers = [],
    };

    private static ByteString Digest(string hex) => ByteString.TryFromHex(hex, 32, out ByteString? digest) ? digest
        : throw new CommandRefusedException(RefusalReason.Malformed, "--key-sha256 must be 64 hex digits.");

    private static void Print(CommandContext context, CallerList list, Caller caller, string? key, bool json)
    {
        if (json)
        {
            var added = new JsonObject { ["name"] = caller.Name, ["sha256"] = caller.KeySha256.ToString(), ["version"] = list.Version };
            if (key is not null)
            {
                added["key"] = key;
            }

            context.WriteJson(added);
            return;
        }

        context.Output.WriteLine($"added {caller.Name} to version {list.Version} of the list of tenant {list.Tenant}; sign and upload it");
        if (key is not null)
        {
            context.Output.WriteLine($"key (shown once): {key}");
        }
    }
}
