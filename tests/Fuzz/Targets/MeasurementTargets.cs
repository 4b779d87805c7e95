using System.Security.Cryptography;
using ConfidentialOperator.Attestation.Measurement;
using ConfidentialOperator.Attestation.Measurement.IdBlocks;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Nitro;
using ConfidentialOperator.Fuzz.Mutation;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Fuzz.Targets;

/// <summary>Firmware images with the tables of SEV and TDX, images of enclaves, and ID blocks. They come from whoever builds a guest.</summary>
internal sealed class MeasurementTargets : ITargetSource
{
    // The tables lie behind the first two pages, which are code.
    private static readonly byte[] s_firmware = SoftwareFirmware.Image.ToArray()[0x2000..];

    private static readonly byte[] s_enclave = SoftwareEnclaveImage.Make((SoftwareEnclaveImage.Kernel, new byte[40]), (SoftwareEnclaveImage.CommandLine, new byte[20]),
        (SoftwareEnclaveImage.Ramdisk, new byte[30]));

    private static readonly IdBlock s_block = new() { Measurement = new ByteString(new byte[48]), Policy = 0x30000 };

    public IEnumerable<Target> Make(Corpus corpus) =>
    [
        new("firmware-snp", Shape.Bytes, [s_firmware], bytes => GuestFirmware.TryRead(bytes, out GuestFirmware? firmware, out _)
            && new SnpLaunch { Firmware = firmware, VirtualCpus = 2, Signature = 0 }.TryMeasure(out _, out _)) { Verifies = true },
        new("firmware-tdx", Shape.Bytes, [s_firmware], bytes => GuestFirmware.TryRead(bytes, out GuestFirmware? firmware, out _)
            && new TdxLaunch { Firmware = firmware }.TryMeasure(out _, out _)) { Verifies = true },
        new("enclave-image", Shape.Bytes, [s_enclave], bytes => EnclaveImage.TryRead(bytes.Length < SoftwareEnclaveImage.HeaderSize ? bytes : SoftwareEnclaveImage.Seal([.. bytes]), out EnclaveImage? image, out _)
            && image.Measure().Values.Count > 0),
        new("id-block", Shape.Bytes, [s_block.ToBytes().ToArray()], bytes => IdBlock.TryParse(bytes, out _, out _)),
        new("id-authentication", Shape.Bytes, [SignBlock()], bytes => IdAuthentication.TryVerify(s_block, bytes, out _, out _)) { Verifies = true },
    ];

    private static byte[] SignBlock()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        return IdAuthentication.TrySign(s_block, key, null, out ByteString? signed, out Refusal? refusal) ? signed.ToArray() : throw new InvalidOperationException(refusal.Message);
    }
}
