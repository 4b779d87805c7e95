using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Access;

namespace ConfidentialOperator.Cli.Verbs.Callers;

/// <summary>The list as an owner keeps it: not signed, no keys in it, only their digests. Each change counts its version up.</summary>
internal static class CallerFile
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static CallerList Read(FileInfo file) =>
        CallerList.TryParse(InputFile.Bytes(file, CallerList.LongestDocument), out CallerList? list, out Refusal? refusal)
            ? list : throw new CommandRefusedException(refusal with { Message = $"'{file}': {refusal.Message}" });

    public static void Write(FileInfo file, CallerList list)
    {
        byte[] document = list.ToJson();
        if (!CallerList.TryParse(document, out _, out Refusal? refusal))
        {
            throw new CommandRefusedException(refusal);
        }

        OutputFile.Replace(file, Encoding.UTF8.GetBytes(JsonNode.Parse(document)!.ToJsonString(s_indented) + "\n"));
    }

    public static Argument<FileInfo> Argument(string description) => new("callers") { Description = description };
}
