using ConfidentialOperator.Attestation.Measurement;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Nitro;
using ConfidentialOperator.Fuzz.Mutation;

namespace ConfidentialOperator.Fuzz.Targets;

/// <summary>Firmware images with the tables of SEV and TDX, and images of enclaves. They come from whoever builds a guest.</summary>
internal sealed class MeasurementTargets : ITargetSource
{
    // The tables lie behind the first two pages, which are code.
    private static readonly byte[] s_firmware = SoftwareFirmware.Image.ToArray()[0x2000..];

    private static readonly byte[] s_enclave = SoftwareEnclaveImage.Make((SoftwareEnclaveImage.Kernel, new byte[40]), (SoftwareEnclaveImage.CommandLine, new byte[20]),
        (SoftwareEnclaveImage.Ramdisk, new byte[30]));

    public IEnumerable<Target> Make(Corpus corpus) =>
    [
        new("firmware-snp", Shape.Bytes, [s_firmware], bytes => GuestFirmware.TryRead(bytes, out GuestFirmware? firmware, out _)
            && new SnpLaunch { Firmware = firmware, VirtualCpus = 2, Signature = 0 }.TryMeasure(out _, out _)) { Verifies = true },
        new("firmware-tdx", Shape.Bytes, [s_firmware], bytes => GuestFirmware.TryRead(bytes, out GuestFirmware? firmware, out _)
            && new TdxLaunch { Firmware = firmware }.TryMeasure(out _, out _)) { Verifies = true },
        new("enclave-image", Shape.Bytes, [s_enclave], bytes => EnclaveImage.TryRead(bytes.Length < SoftwareEnclaveImage.HeaderSize ? bytes : SoftwareEnclaveImage.Seal([.. bytes]), out EnclaveImage? image, out _)
            && image.Measure().Values.Count > 0),
    ];
}
