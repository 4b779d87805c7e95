using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Snp;

// SEV-SNP ABI specification (AMD publication 56860), table ATTESTATION_REPORT; all numbers little-endian.
//   offset  size  field
//   0x000      4  VERSION             2; 3 adds CPUID; 4 was never published; 5 adds the mitigation vectors
//   0x004      4  GUEST_SVN
//   0x008      8  POLICY
//   0x010     16  FAMILY_ID
//   0x020     16  IMAGE_ID
//   0x030      4  VMPL                0..3, or all ones when the host asked
//   0x034      4  SIGNATURE_ALGO      1: ECDSA P-384 with SHA-384
//   0x038      8  CURRENT_TCB
//   0x040      8  PLATFORM_INFO
//   0x048      4  KEY_INFO            bit 0 AUTHOR_KEY_EN, bit 1 MASK_CHIP_KEY, bits 4:2 SIGNING_KEY
//   0x04C      4  reserved
//   0x050     64  REPORT_DATA
//   0x090     48  MEASUREMENT
//   0x0C0     32  HOST_DATA
//   0x0E0     48  ID_KEY_DIGEST
//   0x110     48  AUTHOR_KEY_DIGEST
//   0x140     32  REPORT_ID
//   0x160     32  REPORT_ID_MA
//   0x180      8  REPORTED_TCB
//   0x188      3  CPUID family, model, stepping   from version 3
//   0x18B     21  reserved
//   0x1A0     64  CHIP_ID
//   0x1E0      8  COMMITTED_TCB
//   0x1E8    3+1  CURRENT build, minor, major, reserved
//   0x1EC    3+1  COMMITTED build, minor, major, reserved
//   0x1F0      8  LAUNCH_TCB
//   0x1F8      8  LAUNCH_MIT_VECTOR   from version 5
//   0x200      8  CURRENT_MIT_VECTOR  from version 5
//   0x208    152  reserved
//   0x2A0  72+72  signature r and s, little-endian, upper 24 bytes of each zero
//   0x330    368  reserved

/// <summary>
/// An attestation report whose layout is sound. Nothing in it is true yet: authenticating its <see cref="SnpReportEvidence"/> decides that.
/// </summary>
public sealed class SnpReport
{
    /// <summary>The length of a report.</summary>
    public const int Size = 0x4A0;

    /// <summary>The length of the part that is signed, at the beginning.</summary>
    public const int SignedLength = 0x2A0;

    /// <summary>The level of a report that the host asked for in the guest's place.</summary>
    public const uint HostLevel = uint.MaxValue;

    internal const uint HighestLevel = 3;
    internal const int ChipIdSize = 64;
    internal const int TurinChipIdSize = 8;
    internal const int DigestSize = 48;

    private const uint EcdsaP384Sha384 = 1;
    private const byte TurinFamily = 0x1A;


    private static readonly Range s_policy = 0x008..0x010;
    private static readonly Range s_familyId = 0x010..0x020;
    private static readonly Range s_imageId = 0x020..0x030;
    private static readonly Range s_currentTcb = 0x038..0x040;
    private static readonly Range s_platform = 0x040..0x048;
    private static readonly Range s_reportData = 0x050..0x090;
    private static readonly Range s_measurement = 0x090..0x0C0;
    private static readonly Range s_hostData = 0x0C0..0x0E0;
    private static readonly Range s_idKeyDigest = 0x0E0..0x110;
    private static readonly Range s_authorKeyDigest = 0x110..0x140;
    private static readonly Range s_reportId = 0x140..0x160;
    private static readonly Range s_migrationAgentId = 0x160..0x180;
    private static readonly Range s_reportedTcb = 0x180..0x188;
    private static readonly Range s_chipId = 0x1A0..0x1E0;
    private static readonly Range s_committedTcb = 0x1E0..0x1E8;
    private static readonly Range s_currentFirmware = 0x1E8..0x1EB;
    private static readonly Range s_committedFirmware = 0x1EC..0x1EF;
    private static readonly Range s_launchTcb = 0x1F0..0x1F8;
    private static readonly Range s_launchMitigations = 0x1F8..0x200;
    private static readonly Range s_currentMitigations = 0x200..0x208;

    private readonly byte[] _bytes;

    private SnpReport(byte[] bytes) => _bytes = bytes;

    /// <summary>Gets the version of the layout: 2 to 5.</summary>
    public uint Version => Number(0x000);

    /// <summary>Gets the security version of the guest, from its ID block.</summary>
    public uint GuestSvn => Number(0x004);

    /// <summary>Gets what the guest's launch policy allows.</summary>
    public SnpLaunchPolicy LaunchPolicy => new(Bits(s_policy));

    /// <summary>Gets the family of the guest's image, 16 bytes of its ID block.</summary>
    public ByteString FamilyId => Bytes(s_familyId);

    /// <summary>Gets the guest's image, 16 bytes of its ID block.</summary>
    public ByteString ImageId => Bytes(s_imageId);

    /// <summary>Gets the privilege level of whoever asked for the report.</summary>
    public uint Vmpl => Number(0x030);

    /// <summary>Gets what the machine was like.</summary>
    public SnpPlatformInfo PlatformInfo => new(Bits(s_platform));

    /// <summary>Gets what the report says about keys: which one signed, whether it is masked, whether an author's key is there.</summary>
    public uint KeyInfo => Number(0x048);

    /// <summary>Gets which key signed.</summary>
    public SnpSigningKey SigningKey => (SnpSigningKey)((KeyInfo >> 2) & 0x7);

    /// <summary>Gets whether an author's key signed the identity key.</summary>
    public bool HasAuthorKey => (KeyInfo & 1) != 0;

    /// <summary>Gets whether the platform masks its key: firmware then leaves the signature out.</summary>
    public bool MasksSignature => (KeyInfo & 2) != 0;

    /// <summary>Gets the 64 bytes that the guest chose.</summary>
    public ByteString ReportData => Bytes(s_reportData);

    /// <summary>Gets the digest of the guest's initial memory, 48 bytes.</summary>
    public ByteString Measurement => Bytes(s_measurement);

    /// <summary>Gets the 32 bytes that the host gave at launch: the digest of the initdata.</summary>
    public ByteString HostData => Bytes(s_hostData);

    /// <summary>Gets the digest of the key that signed the guest's identity block; zeros without one.</summary>
    public ByteString IdKeyDigest => Bytes(s_idKeyDigest);

    /// <summary>Gets the digest of the author's key; zeros without one.</summary>
    public ByteString AuthorKeyDigest => Bytes(s_authorKeyDigest);

    /// <summary>Gets the id of this launch of the guest, 32 bytes.</summary>
    public ByteString ReportId => Bytes(s_reportId);

    /// <summary>Gets the id of the guest's migration agent, 32 bytes; all ones without one.</summary>
    public ByteString MigrationAgentId => Bytes(s_migrationAgentId);

    /// <summary>Gets the chip, 64 bytes; zeros when the platform masks it.</summary>
    public ByteString ChipId => Bytes(s_chipId);

    /// <summary>Gets the TCB that runs now.</summary>
    public SnpTcb CurrentTcb => Tcb(s_currentTcb);

    /// <summary>Gets the TCB that the platform vouches for: the one that the signing key belongs to.</summary>
    public SnpTcb ReportedTcb => Tcb(s_reportedTcb);

    /// <summary>Gets the TCB that the platform cannot go below any more.</summary>
    public SnpTcb CommittedTcb => Tcb(s_committedTcb);

    /// <summary>Gets the TCB at the guest's launch.</summary>
    public SnpTcb LaunchTcb => Tcb(s_launchTcb);

    /// <summary>Gets the version of the SNP firmware that runs now.</summary>
    public SnpFirmwareVersion CurrentFirmware => Firmware(s_currentFirmware);

    /// <summary>Gets the version of the SNP firmware that the platform cannot go below any more.</summary>
    public SnpFirmwareVersion CommittedFirmware => Firmware(s_committedFirmware);

    /// <summary>Gets the mitigations that were in force at the guest's launch, by AMD's bits; null before version 5, which does not tell.</summary>
    public ulong? LaunchMitigations => Version < 5 ? null : Bits(s_launchMitigations);

    /// <summary>Gets the mitigations that are in force now; null before version 5.</summary>
    public ulong? CurrentMitigations => Version < 5 ? null : Bits(s_currentMitigations);

    /// <summary>Gets family, model and stepping of the processor by CPUID; null before version 3.</summary>
    public (byte Family, byte Model, byte Stepping)? Cpuid => Version < 3 ? null : (_bytes[0x188], _bytes[0x189], _bytes[0x18A]);

    /// <summary>Gets the product that CPUID names; null before version 3, where only the certificate tells.</summary>
    public SnpProduct? Product => Version < 3 ? null : SnpProcessor.Product(_bytes[0x188], _bytes[0x189]);

    /// <summary>Gets whether the report itself says that it comes from a known or unnamed product.</summary>
    internal bool HasKnownProduct => Version < 3 || Product is not null;

    internal string Processor => Version < 3 ? "not named" : $"family {_bytes[0x188]:x2}h model {_bytes[0x189]:x2}h";

    internal bool IsTurin => Version >= 3 && _bytes[0x188] == TurinFamily;

    internal ReadOnlySpan<byte> Raw => _bytes;

    internal ReadOnlySpan<byte> RawReportedTcb => _bytes.AsSpan(s_reportedTcb);

    /// <summary>Reads a report. Reserved bytes are judged after the signature, since only then it matters who set them.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SnpReport? report, [NotNullWhen(false)] out Refusal? refusal)
    {
        report = null;
        if (bytes.Length != Size)
        {
            refusal = new(RefusalReason.ReportMalformed, $"The SEV-SNP report has {bytes.Length} bytes; a report has {Size}.");
            return false;
        }

        var read = new SnpReport(bytes.ToArray());
        refusal = read.Check();
        report = refusal is null ? read : null;
        return report is not null;
    }

    private Refusal? Check()
    {
        if (Version is < 2 or > 5)
        {
            return new(RefusalReason.ReportMalformed, $"The SEV-SNP report is of version {Version}; versions 2 to 5 are known.");
        }

        return Number(0x034) == EcdsaP384Sha384 ? null : new(RefusalReason.ReportMalformed,
            $"The SEV-SNP report names signature algorithm {Number(0x034)}; the only one is {EcdsaP384Sha384}, ECDSA P-384 with SHA-384.");
    }

    private uint Number(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(offset));

    private ulong Bits(Range range) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(range));

    private SnpFirmwareVersion Firmware(Range range)
    {
        ReadOnlySpan<byte> version = _bytes.AsSpan(range);
        return new SnpFirmwareVersion(version[2], version[1], version[0]);
    }

    private ByteString Bytes(Range range) => new(_bytes.AsSpan(range));

    private SnpTcb Tcb(Range range) => SnpTcb.Read(_bytes.AsSpan(range), IsTurin);
}
