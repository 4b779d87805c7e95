using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Measurement.IdBlocks;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Measure;

/// <summary><c>cfm measure id-block</c>: signs what a processor compares with a guest at its launch, and prints the digests of the keys that the report will have.</summary>
internal static class MeasureIdBlockVerb
{
    private const int LongestKey = 16 * 1024;
    private const int DigestSize = 48;
    private const int IdSize = 16;

    public static Command Create(CommandContext context)
    {
        var measurement = new Option<string>("--measurement") { Description = "The launch measurement, 96 hex digits.", Required = true, HelpName = "HEX" };
        var policy = new Option<string>("--guest-policy") { Description = "The guest's launch policy, decimal or 0x and hex digits, as QEMU has it.", DefaultValueFactory = _ => "0x30000", HelpName = "NUMBER" };
        var family = new Option<string?>("--family-id") { Description = "FAMILY_ID, 32 hex digits. Default: zeros.", HelpName = "HEX" };
        var image = new Option<string?>("--image-id") { Description = "IMAGE_ID, 32 hex digits. Default: zeros.", HelpName = "HEX" };
        var svn = new Option<uint>("--guest-svn") { Description = "The security version of the guest.", HelpName = "NUMBER" };
        var idKey = new Option<FileInfo>("--id-key") { Description = "The private key that signs the block: ECDSA on P-384 (PEM).", Required = true, HelpName = "FILE" };
        var authorKey = new Option<FileInfo?>("--author-key") { Description = "The private key that signs the ID key: ECDSA on P-384 (PEM).", HelpName = "FILE" };
        Option<string> output = SharedOptions.Output();
        var command = new Command("id-block", "Sign the ID block of a SEV-SNP guest; prints it as QEMU takes it, with the digests of the keys.") { measurement, policy, family, image, svn, idKey, authorKey, output };
        context.Attach(command, parse =>
        {
            var block = new IdBlock
            {
                Measurement = Bytes(parse.GetRequiredValue(measurement), DigestSize, "--measurement"),
                FamilyId = Bytes(parse.GetValue(family) ?? new string('0', 2 * IdSize), IdSize, "--family-id"),
                ImageId = Bytes(parse.GetValue(image) ?? new string('0', 2 * IdSize), IdSize, "--image-id"),
                GuestSvn = parse.GetValue(svn),
                Policy = SnpMachineOptions.Number(parse.GetValue(policy)!, ulong.MaxValue, "--guest-policy"),
            };
            Print(context, Sign(block, parse.GetRequiredValue(idKey), parse.GetValue(authorKey)), parse.IsJson(output));
            return ExitCode.Accepted;
        });
        return command;
    }

    private static JsonObject Sign(IdBlock block, FileInfo idKey, FileInfo? authorKey)
    {
        using ECDsa key = ReadKey(idKey);
        using ECDsa? author = authorKey is null ? null : ReadKey(authorKey);
        if (!IdAuthentication.TrySign(block, key, author, out ByteString? authentication, out Refusal? refusal)
            || !IdAuthentication.TryVerify(block, authentication.Span, out IdAuthentication? digests, out refusal))
        {
            throw new CommandRefusedException(refusal);
        }

        var facts = new JsonObject { ["idKeyDigest"] = digests.IdKeyDigest.ToString() };
        if (digests.AuthorKeyDigest is not null)
        {
            facts["authorKeyDigest"] = digests.AuthorKeyDigest.ToString();
        }

        facts["idBlock"] = Convert.ToBase64String(block.ToBytes().Span);
        facts["idAuth"] = Convert.ToBase64String(authentication.Span);
        return facts;
    }

    private static void Print(CommandContext context, JsonObject facts, bool json)
    {
        if (json)
        {
            context.WriteJson(facts);
            return;
        }

        foreach ((string name, JsonNode? value) in facts)
        {
            context.Output.WriteLine($"{name}: {value}");
        }
    }

    private static ByteString Bytes(string text, int length, string option) => ByteString.TryFromHex(text, length, out ByteString? bytes) ? bytes
        : throw new CommandRefusedException(RefusalReason.Malformed, $"{option} '{text}' must be {2 * length} hex digits.");

    private static ECDsa ReadKey(FileInfo file)
    {
        byte[] pem = InputFile.Bytes(file, LongestKey);
        char[] text = Encoding.ASCII.GetChars(pem);
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(text);
            return PemEncoding.TryFind(text, out PemFields fields) && text.AsSpan()[fields.Label].EndsWith("PRIVATE KEY") ? key
                : throw new CryptographicException("A public key cannot sign.");
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new CommandRefusedException(RefusalReason.Malformed, $"'{file}' is not a private ECDSA key in PEM.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
            Array.Clear(text);
        }
    }
}
