using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Cli.Verbs.Policies;

/// <summary>A file with a policy: the document itself, or the envelope of a signed one.</summary>
internal sealed record PolicyFile(TrustPolicy Policy, DsseEnvelope? Envelope)
{
    public const int LongestEnvelope = 2 * 1024 * 1024;

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>Reads either form; a signature is not verified here.</summary>
    public static PolicyFile Read(FileInfo file)
    {
        byte[] bytes = InputFile.Bytes(file, LongestEnvelope);
        DsseEnvelope? envelope = IsEnvelope(bytes) ? Envelope(file, bytes) : null;
        return TrustPolicy.TryParse(envelope?.Payload.Memory ?? bytes, out TrustPolicy? policy, out Refusal? refusal)
            ? new(policy, envelope) : throw Refused(file, refusal);

        static DsseEnvelope Envelope(FileInfo file, byte[] bytes) => DsseEnvelope.TryParse(bytes, out DsseEnvelope? envelope, out Refusal? refusal)
            ? envelope.PayloadType == TrustPolicy.PayloadType ? envelope
                : throw Refused(file, new(RefusalReason.PolicyInvalid, $"The envelope carries '{envelope.PayloadType}', not a trust policy."))
            : throw Refused(file, refusal);
    }

    /// <summary>Opens a policy that one of the owners signed.</summary>
    public static SignedTrustPolicy Open(FileInfo file, IReadOnlyList<OwnerPublicKey> owners) =>
        TrustPolicy.TryOpen(InputFile.Bytes(file, LongestEnvelope), owners, out SignedTrustPolicy? opened, out Refusal? refusal)
            ? opened : throw Refused(file, refusal);

    /// <summary>
    /// Takes a bare document that nobody signed, as somebody asked for in so many words. It is signed with a key that is forgotten at once, so that there is
    /// only one kind of policy to judge by.
    /// </summary>
    public static SignedTrustPolicy OpenUnsigned(FileInfo file)
    {
        using OwnerKey key = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        return TrustPolicy.TryOpen(Read(file).Policy.Sign(key).ToJson(), [key.PublicKey], out SignedTrustPolicy? opened, out Refusal? refusal)
            ? opened : throw Refused(file, refusal);
    }

    /// <summary>Returns the document as an owner reads it.</summary>
    public static string Print(TrustPolicy policy) => ToNode(policy).ToJsonString(s_indented);

    public static JsonObject ToNode(TrustPolicy policy) => JsonNode.Parse(policy.ToJson())!.AsObject();

    private static bool IsEnvelope(byte[] bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("payloadType", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static CommandRefusedException Refused(FileInfo file, Refusal refusal) => new(refusal with { Message = $"'{file}': {refusal.Message}" });
}
