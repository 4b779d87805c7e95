using ConfidentialOperator.Attestation.Measurement;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.FakeTee.Guests;

/// <summary>What a software guest is launched with. It is measured as a real one is: firmware, kernel, initrd, kernel parameters and virtual CPUs.</summary>
/// <param name="Firmware">The firmware image; see <see cref="SoftwareFirmware"/>.</param>
/// <param name="KernelParameters">The kernel's command line.</param>
/// <param name="VirtualCpus">The number of virtual CPUs.</param>
public sealed record LaunchInputs(ReadOnlyMemory<byte> Firmware, string KernelParameters, int VirtualCpus)
{
    /// <summary>The CPU type of every software guest.</summary>
    public const string ProcessorType = "EPYC-Milan";

    /// <summary>Gets the inputs of the development guest.</summary>
    public static LaunchInputs Development { get; } = new(SoftwareFirmware.Image, "agent.guest_components_rest_api=all", 1);

    /// <summary>Gets what stands for the kernel.</summary>
    public static ReadOnlyMemory<byte> Kernel { get; } = "confidential-operator development kernel"u8.ToArray();

    /// <summary>Gets what stands for the initrd.</summary>
    public static ReadOnlyMemory<byte> Initrd { get; } = "confidential-operator development initrd"u8.ToArray();

    /// <summary>Returns the launch measurement, 48 bytes.</summary>
    public ByteString Measure()
    {
        if (GuestFirmware.TryRead(Firmware, out GuestFirmware? firmware, out Refusal? refusal)
            && DirectBoot.TryCreate(Kernel, Initrd, KernelParameters, out DirectBoot? boot, out refusal)
            && ProcessorModel.TryFind(ProcessorType, out uint signature, out refusal)
            && new SnpLaunch { Firmware = firmware, Boot = boot, VirtualCpus = VirtualCpus, Signature = signature }.TryMeasure(out LaunchMeasurement? measurement, out refusal))
        {
            return measurement.Values["measurement"];
        }

        throw new InvalidOperationException(refusal.Message);
    }
}
