using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using static ConfidentialOperator.Attestation.Measurement.SnpLaunchDigest;

namespace ConfidentialOperator.Attestation.Measurement;

/// <summary>The launch of a SEV-SNP guest, and the measurement that its report must have.</summary>
public sealed record SnpLaunch
{
    /// <summary>The largest number of virtual CPUs.</summary>
    public const int MostVirtualCpus = 4096;

    /// <summary>The guest feature that every SNP guest has: SNP itself.</summary>
    public const ulong SnpActive = 1;

    private const ulong CpuStateAddress = 0xFFFF_FFFF_F000;

    /// <summary>Gets the firmware.</summary>
    public required GuestFirmware Firmware { get; init; }

    /// <summary>Gets the kernel that the firmware is handed; null when it finds one itself.</summary>
    public DirectBoot? Boot { get; init; }

    /// <summary>Gets the number of virtual CPUs.</summary>
    public required int VirtualCpus { get; init; }

    /// <summary>Gets the CPUID signature of a virtual CPU; see <see cref="ProcessorModel"/>.</summary>
    public required uint Signature { get; init; }

    /// <summary>Gets whose hypervisor launches the guest.</summary>
    public HypervisorKind Hypervisor { get; init; } = HypervisorKind.Qemu;

    /// <summary>Gets SEV_FEATURES of the guest: 1, or 0x21 where the host's kernel swaps debug registers.</summary>
    public ulong GuestFeatures { get; init; } = SnpActive;

    /// <summary>Computes the measurement.</summary>
    public bool TryMeasure([NotNullWhen(true)] out LaunchMeasurement? measurement, [NotNullWhen(false)] out Refusal? refusal)
    {
        measurement = null;
        refusal = CheckSettings();
        if (refusal is not null || !Firmware.TrySevSections(out IReadOnlyList<SevSection>? sections, out refusal) || !Firmware.TryResetAddress(out uint reset, out refusal))
        {
            return false;
        }

        var digest = new SnpLaunchDigest();
        digest.AddPages(PageKind.Normal, Firmware.Bytes.Span, Firmware.Address);
        refusal = AddSections(digest, sections);
        if (refusal is not null)
        {
            return false;
        }

        AddCpus(digest, reset);
        measurement = new LaunchMeasurement(TeeKind.Snp, new Dictionary<string, ByteString> { ["measurement"] = digest.Value },
            [MeasuredInput.Of("firmware", Firmware.Bytes.Span), .. Boot?.Inputs() ?? []], Settings());
        return true;
    }

    private Dictionary<string, string> Settings() => new()
    {
        ["vcpus"] = $"{VirtualCpus}",
        ["vcpuSignature"] = $"0x{Signature:x}",
        ["vmmType"] = Hypervisor.ToString().ToLowerInvariant(),
        ["guestFeatures"] = $"0x{GuestFeatures:x}",
    };

    private Refusal? CheckSettings()
    {
        if (VirtualCpus is < 1 or > MostVirtualCpus)
        {
            return new(RefusalReason.Malformed, $"A guest has 1 to {MostVirtualCpus} virtual CPUs, not {VirtualCpus}.");
        }

        return (GuestFeatures & SnpActive) != 0 ? null
            : new(RefusalReason.Malformed, $"The guest features 0x{GuestFeatures:x} do not have bit 0, SNP; without it no guest is an SNP guest.");
    }

    private Refusal? AddSections(SnpLaunchDigest digest, IReadOnlyList<SevSection> sections)
    {
        byte[]? hashes = null;
        if (Boot is not null)
        {
            if (!Firmware.TryKernelHashes(out uint area, out uint size) || sections.All(section => section.Kind != SevSectionKind.KernelHashes))
            {
                return new(RefusalReason.Unsupported, "The firmware has no area for kernel hashes, so that a kernel would not be measured: take an image built for direct boot (OVMF's AmdSev).");
            }

            int offset = (int)(area % GuestFirmware.PageSize);
            if (size < KernelHashTable.Size || offset + KernelHashTable.Size > GuestFirmware.PageSize)
            {
                return new(RefusalReason.Malformed, $"The firmware's area for kernel hashes at 0x{area:x} has 0x{size:x} bytes; {KernelHashTable.Size} bytes inside one page are needed.");
            }

            hashes = new byte[GuestFirmware.PageSize];
            KernelHashTable.Write(Boot, hashes.AsSpan(offset, KernelHashTable.Size));
        }

        foreach (SevSection section in sections)
        {
            Add(digest, section, hashes);
        }

        foreach (SevSection section in sections.Where(section => Hypervisor == HypervisorKind.Ec2 && section.Kind == SevSectionKind.Cpuid))
        {
            digest.AddEmpty(PageKind.Cpuid, section.Address, GuestFirmware.PageSize);
        }

        return null;
    }

    private void Add(SnpLaunchDigest digest, SevSection section, byte[]? hashes)
    {
        switch (section.Kind)
        {
            case SevSectionKind.Secrets:
                digest.AddEmpty(PageKind.Secrets, section.Address, GuestFirmware.PageSize);
                break;
            case SevSectionKind.Cpuid when Hypervisor == HypervisorKind.Ec2:
                break;
            case SevSectionKind.Cpuid:
                digest.AddEmpty(PageKind.Cpuid, section.Address, GuestFirmware.PageSize);
                break;
            case SevSectionKind.KernelHashes when hashes is not null:
                digest.AddPages(PageKind.Normal, hashes, section.Address);
                break;
            case SevSectionKind.Memory when Hypervisor == HypervisorKind.Gce:
                digest.AddEmpty(PageKind.Unmeasured, section.Address, section.Size);
                break;
            default:
                digest.AddEmpty(PageKind.Zero, section.Address, section.Size);
                break;
        }
    }

    private void AddCpus(SnpLaunchDigest digest, uint reset)
    {
        Span<byte> page = new byte[GuestFirmware.PageSize];
        Span<byte> hash = stackalloc byte[SHA384.HashSizeInBytes];
        VirtualCpuState.Write(page, VirtualCpuState.FirstStart, Signature, GuestFeatures, Hypervisor);
        digest.AddPages(PageKind.CpuState, page, CpuStateAddress);
        VirtualCpuState.Write(page, reset, Signature, GuestFeatures, Hypervisor);
        SHA384.HashData(page, hash);
        for (int index = 1; index < VirtualCpus; index++)
        {
            digest.Extend(PageKind.CpuState, hash, CpuStateAddress);
        }
    }
}
