using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Registry;
using ConfidentialOperator.Protocol.Sealing;

namespace ConfidentialOperator.Cli.Verbs.Models;

/// <summary><c>cfm push</c>: writes a sealed folder to an OCI registry and prints the address by digest, for <c>spec.model.uri</c>.</summary>
internal static class PushVerb
{
    private const int LongestCredentials = 256 * 1024;
    private const string CredentialsVariable = "DOCKER_CONFIG";

    public static Command Create(CommandContext context)
    {
        var source = new Argument<DirectoryInfo>("folder") { Description = "The sealed folder that 'cfm seal' wrote." };
        var target = new Argument<string>("address") { Description = "The place in the registry: oci://HOST[:PORT]/NAME:TAG. Plain http is spoken to this machine only." };
        var credentials = new Option<FileInfo?>("--credentials")
        {
            Description = $"Names and passwords for registries, as Docker's config.json. Default: config.json in the folder that {CredentialsVariable} names, if there is one.",
            HelpName = "FILE",
        };
        Option<FileInfo?> authorities = SharedOptions.Ca();
        Option<string> output = SharedOptions.Output();
        var command = new Command("push", "Write a sealed model to an OCI registry and print its address by digest.") { source, target, credentials, authorities, output };
        context.Attach(command, async (parse, token) =>
        {
            if (!OciReference.TryParse(parse.GetRequiredValue(target), out OciReference? reference, out Refusal? refusal))
            {
                throw new CommandRefusedException(refusal);
            }

            using HttpMessageInvoker http = new(TrustedHttp.Handler(parse.GetValue(authorities)));
            var writer = new RegistryWriter(http, reference, Credentials(context, parse.GetValue(credentials)));
            Pushed pushed = await PushAsync(parse.GetRequiredValue(source), writer, reference, token).ConfigureAwait(false);
            Print(context, pushed, parse.IsJson(output));
            return ExitCode.Accepted;
        });
        return command;
    }

    private static async Task<Pushed> PushAsync(DirectoryInfo folder, RegistryWriter writer, OciReference reference, CancellationToken cancellationToken)
    {
        string[] names = await NamesAsync(folder, cancellationToken).ConfigureAwait(false);
        var files = new List<OciDescriptor> { new("application/vnd.oci.empty.v1+json", ByteString.Sha256(OciManifest.EmptyConfiguration.Span), OciManifest.EmptyConfiguration.Length, "") };
        int sent = await SendAsync(writer, files[0], () => new MemoryStream(OciManifest.EmptyConfiguration.ToArray()), cancellationToken).ConfigureAwait(false);
        foreach (string name in names)
        {
            var file = new FileInfo(Path.Combine(folder.FullName, name));
            OciDescriptor descriptor = await DescribeAsync(file, name, cancellationToken).ConfigureAwait(false);
            sent += await SendAsync(writer, descriptor, file.OpenRead, cancellationToken).ConfigureAwait(false);
            files.Add(descriptor);
        }

        byte[] manifest = new OciManifest { Files = [.. files.Skip(1)] }.ToJson();
        if (await writer.WriteManifestAsync(manifest, cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            throw new CommandRefusedException(refusal);
        }

        return new Pushed(reference.At(ByteString.Sha256(manifest)), files.Count - 1, sent, files.Sum(file => file.Size));
    }

    private static async Task<int> SendAsync(RegistryWriter writer, OciDescriptor file, Func<Stream> open, CancellationToken cancellationToken)
    {
        (bool sent, Refusal? refusal) = await writer.WriteAsync(file, open, cancellationToken).ConfigureAwait(false);
        return refusal is null ? sent && file.Title.Length > 0 ? 1 : 0 : throw new CommandRefusedException(refusal);
    }

    /// <summary>The files of the sealed model, by its manifest: what else lies in the folder stays there.</summary>
    private static async Task<string[]> NamesAsync(DirectoryInfo folder, CancellationToken cancellationToken)
    {
        var file = new FileInfo(Path.Combine(folder.FullName, ModelManifest.FileName));
        byte[] manifest = InputFile.Bytes(file, ModelManifest.LongestDocument);
        byte[] envelope = InputFile.Bytes(new FileInfo(Path.Combine(folder.FullName, ModelManifest.EnvelopeFileName)), ModelManifest.LongestEnvelope);
        if (!ModelManifest.TryOpen(manifest, envelope, ByteString.Sha256(manifest), out ModelManifest? opened, out Refusal? refusal))
        {
            throw new CommandRefusedException(refusal);
        }

        foreach (SealedFileEntry entry in opened.Files)
        {
            OciDescriptor found = await DescribeAsync(new FileInfo(Path.Combine(folder.FullName, entry.SealedName)), entry.SealedName, cancellationToken).ConfigureAwait(false);
            if (found.Digest != entry.Sha256 || found.Size != entry.SealedSize)
            {
                throw new CommandRefusedException(RefusalReason.ChunkCorrupt,
                    $"'{entry.SealedName}' has {found.Size} bytes and the digest {found.Digest}; the manifest names {entry.SealedSize} and {entry.Sha256}. Seal the model again.");
            }
        }

        return [ModelManifest.FileName, ModelManifest.EnvelopeFileName, .. opened.Files.Select(entry => entry.SealedName)];
    }

    private static async Task<OciDescriptor> DescribeAsync(FileInfo file, string name, CancellationToken cancellationToken)
    {
        if (!file.Exists)
        {
            throw new CommandRefusedException(RefusalReason.SealedFileMissing, $"'{name}' is not in the folder; seal the model again.");
        }

        FileStream stream = file.OpenRead();
        await using (stream.ConfigureAwait(false))
        {
            byte[] digest = await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false);
            return new OciDescriptor(OciManifest.SealedFile, new ByteString(digest), stream.Length, name);
        }
    }

    private static RegistryCredentials Credentials(CommandContext context, FileInfo? given)
    {
        FileInfo? file = given ?? (context.Variable(CredentialsVariable) is { Length: > 0 } folder ? new FileInfo(Path.Combine(folder, "config.json")) : null);
        if (file is null || (given is null && !file.Exists))
        {
            return RegistryCredentials.None;
        }

        byte[] secret = InputFile.Bytes(file, LongestCredentials);
        bool isRead = RegistryCredentials.TryParse(secret, out RegistryCredentials? credentials, out Refusal? refusal);
        CryptographicOperations.ZeroMemory(secret);
        return isRead ? credentials! : throw new CommandRefusedException(refusal!);
    }

    private static void Print(CommandContext context, Pushed pushed, bool json)
    {
        if (json)
        {
            context.WriteJson(new JsonObject
            {
                ["uri"] = pushed.Reference.ToString(),
                ["digest"] = $"sha256:{pushed.Reference.Digest}",
                ["files"] = pushed.Files,
                ["sent"] = pushed.Sent,
                ["bytes"] = pushed.Bytes,
            });
            return;
        }

        context.Output.WriteLine($"pushed {pushed.Files} files, {pushed.Sent} of them new, {pushed.Bytes} bytes in all");
        context.Output.WriteLine($"uri: {pushed.Reference}");
    }

    private sealed record Pushed(OciReference Reference, int Files, int Sent, long Bytes);
}
