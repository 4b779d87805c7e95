using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.KeyBroker.Sessions;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.InitData;
using ConfidentialOperator.Protocol.Json;
using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>The parsed body of <c>/attest</c>, in either protocol version, with what its report must be bound to.</summary>
internal sealed record GuestAnswer
{
    public required TeeKind Tee { get; init; }

    /// <summary>Gets the CPU evidence as it came.</summary>
    public required ByteString Evidence { get; init; }

    /// <summary>Gets the 64 bytes that the report must carry: computed from our own nonce, never from the one that was sent.</summary>
    public required ByteString ReportData { get; init; }

    /// <summary>Gets the JSON list of the devices' evidence, which the report binds; <c>[]</c> for none.</summary>
    public required ByteString Devices { get; init; }

    /// <summary>Gets what every device must answer: from our own nonce too.</summary>
    public required ByteString DeviceNonce { get; init; }

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
            Devices = DevicesOf(sent.AdditionalEvidence),
            DeviceNonce = KbsReportData.SpdmNonce(nonce, sent.TeeKey),
            TeeKey = sent.TeeKey,
            InitDataSha256 = sent.InitData is null ? "" : ByteString.Sha256(Encoding.UTF8.GetBytes(sent.InitData)).ToString(),
            Binding = binding,
        };
        return true;
    }

    /// <summary>Additional evidence is a map from kind to evidence. What is no map with NVIDIA's list is no evidence of a device, and a policy that demands some then says so.</summary>
    private static ByteString DevicesOf(string additional)
    {
        bool read = StrictJson.TryRead(Encoding.UTF8.GetBytes(additional), "additional evidence", NvidiaDeviceEvidence.LongestDocument,
            ListOf, out string? list, out _);
        return read && list is not null ? new ByteString(Encoding.UTF8.GetBytes(list)) : new ByteString(ReportBinding.NoDevices);
    }

    private static string? ListOf(StrictObject given)
    {
        const string Kind = "nvidia";
        const string List = "device_evidence_list";
        return given.IgnoreUnknown().Has(Kind) && given.Child(Kind).IgnoreUnknown() is var nvidia && nvidia.Has(List) ? nvidia.Any(List).GetRawText() : null;
    }

    private static bool TryReadBinding(string? initData, out ModelBinding? binding, [NotNullWhen(false)] out Refusal? refusal)
    {
        binding = null;
        refusal = null;
        if (initData is null || !initData.Contains(ModelBinding.FileName, StringComparison.Ordinal))
        {
            // Initdata of guests that are not ours may use all of TOML; without the name there is nothing to find.
            return true;
        }

        if (!InitDataDocument.TryParse(initData, out InitDataDocument? document, out refusal))
        {
            refusal = refusal with { Reason = RefusalReason.InitDataNotAccepted };
            return false;
        }

        return !document.Files.TryGetValue(ModelBinding.FileName, out string? json) || ModelBinding.TryParse(json, out binding, out refusal);
    }
}
