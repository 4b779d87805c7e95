using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.FakeTee.Nvidia;

/// <summary>A GPU or switch that signs reports with its own key.</summary>
public sealed class SoftwareDevice
{
    internal SoftwareDevice(IReadOnlyList<SoftwareAuthority> chain, string chip, ByteString firmware)
    {
        Chain = chain;
        Chip = chip;
        FirmwareId = firmware;
    }

    /// <summary>Gets the chain, leaf first.</summary>
    public IReadOnlyList<SoftwareAuthority> Chain { get; }

    /// <summary>Gets the chip that its certificates name.</summary>
    public string Chip { get; }

    /// <summary>Gets the digest of the firmware that holds its key.</summary>
    public ByteString FirmwareId { get; }

    /// <summary>Gets the architecture.</summary>
    public NvidiaArchitecture Architecture => Chip switch
    {
        "LS_10" => NvidiaArchitecture.Ls10,
        _ when Chip.StartsWith("GB", StringComparison.Ordinal) => NvidiaArchitecture.Blackwell,
        _ => NvidiaArchitecture.Hopper,
    };

    /// <summary>Gets the chain as PEM, leaf first.</summary>
    public ByteString ChainPem => new(Encoding.ASCII.GetBytes(string.Concat(Chain.Select(authority => authority.Pem))));

    /// <summary>Signs a report.</summary>
    public ByteString Sign(SoftwareDeviceReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        byte[] content = report.ToBytes(this);
        return new ByteString([.. content, .. Chain[0].Key.SignData(content, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)]);
    }

    /// <summary>Returns evidence as a guest gives it.</summary>
    public NvidiaDeviceEvidence Attest(SoftwareDeviceReport report) => new(Architecture, Sign(report), ChainPem);
}
