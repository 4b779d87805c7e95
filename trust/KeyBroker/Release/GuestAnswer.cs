using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.KeyBroker.Seams;
using ConfidentialOperator.KeyBroker.Sessions;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>The parsed body of <c>/attest</c>, in either protocol version, with what its report must be bound to.</summary>
internal sealed record GuestAnswer
{
    public required TeeKind Tee { get; init; }

    /// <summary>Gets the CPU evidence as it came.</summary>
    public required byte[] Evidence { get; init; }

    /// <summary>Gets the 64 bytes that the report must carry: computed from our own nonce, never from the one that was sent.</summary>
    public required byte[] ReportData { get; init; }

    public required TeePublicKey TeeKey { get; init; }

    /// <summary>Gets the digest of the initdata's text, when the guest sent it; empty when it did not.</summary>
    public required string InitDataSha256 { get; init; }

    /// <summary>Gets the model that the initdata names, when it names one.</summary>
    public required ModelBinding? Binding { get; init; }

    public static bool TryRead(Session session, ReadOnlyMemory<byte> body, [NotNullWhen(true)] out GuestAnswer? answer, [NotNullWhen(false)] out Refusal? refusal)
    {
        answer = null;
        if (!KbsAttestation.TryParse(body, session.Protocol, out KbsAttestation? sent, out refusal))
        {
            return false;
        }

        string nonce = Convert.ToBase64String(session.Nonce);
        if (sent.Nonce is not null && !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent.Nonce), Encoding.UTF8.GetBytes(nonce)))
        {
            refusal = new(RefusalReason.NonceMismatch, "The evidence answers another challenge; begin again with /auth.");
            return false;
        }

        if (!TryReadBinding(sent.InitData, out ModelBinding? binding, out refusal))
        {
            return false;
        }

        answer = new GuestAnswer
        {
            Tee = session.Tee,
            Evidence = sent.Evidence,
            ReportData = sent.Nonce is null
                ? KbsReportData.ForDevice(nonce, sent.TeeKey) : KbsReportData.ForCpu(nonce, sent.TeeKey, sent.AdditionalEvidence),
            TeeKey = sent.TeeKey,
            InitDataSha256 = sent.InitData is null ? "" : InitDataText.Sha256(sent.InitData),
            Binding = binding,
        };
        return true;
    }

    private static bool TryReadBinding(string? initData, out ModelBinding? binding, [NotNullWhen(false)] out Refusal? refusal)
    {
        binding = null;
        refusal = null;
        if (initData is null)
        {
            return true;
        }

        if (!InitDataText.TryFile(initData, ModelBinding.FileName, out string? json))
        {
            refusal = new(RefusalReason.InitDataNotAccepted, $"The initdata's {ModelBinding.FileName} cannot be told from the rest of it.");
            return false;
        }

        return json is null || ModelBinding.TryParse(json, out binding, out refusal);
    }
}
