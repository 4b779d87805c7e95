using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation;

/// <summary>Reads evidence of devices from a file: JSON of Confidential Containers, a JSON list, or one SPDM report with its certificates beside it.</summary>
public static class DeviceFormat
{
    /// <summary>Returns whether this looks like evidence of devices: an SPDM request for measurements, or JSON that names a list of devices.</summary>
    public static bool IsDevice(ReadOnlySpan<byte> bytes) => IsReport(bytes) || IsList(bytes) || (bytes.TrimStart(" \t\r\n"u8).StartsWith("{"u8) && bytes.IndexOf("\"device_evidence_list\""u8) >= 0);

    /// <summary>Reads it.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="collateral">Where the certificates of a lone report are.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="refusal">What is wrong with it.</param>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, IReadOnlyList<Collateral> collateral,
        [NotNullWhen(true)] out IReadOnlyList<NvidiaDeviceEvidence>? devices, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(collateral);
        if (!IsReport(bytes.Span))
        {
            return IsList(bytes.Span) ? NvidiaDeviceEvidence.TryParseList(bytes.Span, out devices, out refusal) : NvidiaDeviceEvidence.TryParse(bytes, out devices, out refusal);
        }

        devices = null;
        refusal = bytes.Length > EvidenceReader.LongestEvidence ? new(RefusalReason.TooLarge, $"The evidence has {bytes.Length} bytes; the limit is {EvidenceReader.LongestEvidence}.") : null;
        foreach (ByteString pem in refusal is null ? collateral.Select(entry => entry.Data) : [])
        {
            NvidiaArchitecture architecture = NvidiaVerifier.ReadChain(pem) is [Certificate leaf, ..] ? NvidiaChip.OfLeaf(leaf).Architecture : NvidiaArchitecture.Unknown;
            if (architecture != NvidiaArchitecture.Unknown)
            {
                devices = [new NvidiaDeviceEvidence(architecture, new ByteString(bytes.Span), pem)];
                return true;
            }
        }

        refusal ??= new(RefusalReason.ChainUntrusted, "The device's certificates did not come with its report: expected a PEM file with its chain, its own certificate first.");
        return false;
    }

    /// <summary>SPDM 1.1, GET_MEASUREMENTS.</summary>
    private static bool IsReport(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0x11, 0xE0]);

    private static bool IsList(ReadOnlySpan<byte> bytes) => bytes.TrimStart(" \t\r\n"u8).StartsWith("["u8);
}
