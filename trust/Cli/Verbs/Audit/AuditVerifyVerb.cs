using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Audit;
using Spectre.Console;

namespace ConfidentialOperator.Cli.Verbs.Audit;

/// <summary><c>cfm audit verify</c>: checks an exported log line by line and prints who got which key.</summary>
internal static class AuditVerifyVerb
{
    private const int LongestKey = 16 * 1024;

    public static Command Create(CommandContext context)
    {
        var file = new Argument<FileInfo>("log") { Description = "The exported log." };
        var key = new Option<FileInfo>("--audit-key") { Description = "The broker's public audit key (PEM), obtained in advance.", Required = true, HelpName = "FILE" };
        var tenant = new Option<string>("--tenant") { Description = "The tenant.", Required = true, HelpName = "NAME" };
        var heads = new Option<string[]>("--head") { Description = "A head of an earlier export that the log must contain. May be given several times.", HelpName = "NUMBER:SHA256" };
        Option<string> output = SharedOptions.Output();
        var command = new Command("verify", "Verify the chain of an exported audit log.") { file, key, tenant, heads, output };
        context.Attach(command, parse =>
        {
            using AuditChain chain = Chain(parse.GetRequiredValue(tenant), parse.GetRequiredValue(key), parse.GetValue(heads) ?? []);
            List<AuditRecord> records = Read(chain, parse.GetRequiredValue(file));
            Print(context, chain.Head, records, parse.IsJson(output));
            return ExitCode.Accepted;
        });
        return command;
    }

    private static AuditChain Chain(string tenant, FileInfo key, string[] heads)
    {
        try
        {
            return new AuditChain(tenant, InputFile.Text(key, LongestKey), [.. heads.Select(Head)]);
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            throw new CommandRefusedException(RefusalReason.Malformed, $"'{key}' is not a public key in PEM.");
        }
    }

    private static AuditHead Head(string text)
    {
        string[] parts = text.Split(':');
        return parts.Length == 2 && long.TryParse(parts[0], out long sequence) && ByteString.TryFromHex(parts[1], 32, out ByteString? digest)
            ? new AuditHead(sequence, digest.ToString())
            : throw new CommandRefusedException(RefusalReason.Malformed, $"--head '{text}' must be NUMBER:SHA256, as 'cfm audit fetch' prints it.");
    }

    private static List<AuditRecord> Read(AuditChain chain, FileInfo file)
    {
        var records = new List<AuditRecord>();
        using StreamReader reader = Open(file);
        while (reader.ReadLine() is { } line)
        {
            if (!chain.TryAppend(line, out AuditRecord? record, out Refusal? refusal))
            {
                throw new CommandRefusedException(refusal with { Message = $"'{file}', line {records.Count + 1}: {refusal.Message}" });
            }

            records.Add(record);
        }

        return chain.TryReach(out Refusal? cut) ? records : throw new CommandRefusedException(cut);
    }

    private static StreamReader Open(FileInfo file)
    {
        try
        {
            return file.OpenText();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandRefusedException(RefusalReason.Malformed, $"'{file}' cannot be read: {exception.Message}");
        }
    }

    private static void Print(CommandContext context, AuditHead head, List<AuditRecord> records, bool json)
    {
        if (json)
        {
            context.WriteJson(new JsonObject
            {
                ["verified"] = true,
                ["head"] = $"{head.Sequence}:{head.Sha256}",
                ["records"] = new JsonArray([.. records.Select(Write)]),
            });
            return;
        }

        Table table = new Table().RoundedBorder().AddColumns("NUMBER", "AT", "EVENT", "MODEL", "RESOURCE", "REPLICA", "REASON");
        foreach (AuditRecord record in records)
        {
            table.AddRow([.. new[] { $"{record.Sequence}", $"{record.At:u}", $"{record.Event}", record.Model, record.Resource, record.Replica, Reason(record) }.Select(Markup.Escape)]);
        }

        context.Console.Write(table);
        context.Output.WriteLine($"the chain verifies: {records.Count} records, head {head.Sequence}:{head.Sha256}");
    }

    private static string Reason(AuditRecord record) => record.Reason == RefusalReason.None ? "" : record.Reason.ToString();

    private static JsonNode Write(AuditRecord record) => new JsonObject
    {
        ["sequence"] = record.Sequence,
        ["at"] = record.At,
        ["event"] = record.Event.ToString(),
        ["model"] = record.Model,
        ["resource"] = record.Resource,
        ["replica"] = record.Replica,
        ["subject"] = record.Subject,
        ["measurement"] = record.Measurement,
        ["policyVersion"] = record.PolicyVersion,
        ["development"] = record.Development,
        ["reason"] = record.Reason.ToString(),
        ["message"] = record.Message,
    };
}
