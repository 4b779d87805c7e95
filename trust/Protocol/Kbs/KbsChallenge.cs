using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Kbs;

/// <summary>The answer to <c>POST /auth</c>.</summary>
/// <param name="Nonce">The nonce as it stands on the wire: Base64 of 32 bytes. It is hashed as this text.</param>
public sealed record KbsChallenge(string Nonce)
{
    private const int LongestBody = 64 * 1024;
    private const int LongestNonce = 128;

    /// <summary>Makes a challenge.</summary>
    public static KbsChallenge From(ReadOnlySpan<byte> nonce) => new(Convert.ToBase64String(nonce));

    /// <summary>Reads the answer of a broker.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out KbsChallenge? challenge, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "challenge", LongestBody, given => new KbsChallenge(given.IgnoreUnknown().Name("nonce", LongestNonce)), out challenge, out refusal);

    /// <summary>Returns the body.</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(new JsonObject { ["nonce"] = Nonce, ["extra-params"] = "" });
}
