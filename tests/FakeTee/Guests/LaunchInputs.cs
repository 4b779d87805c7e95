using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.FakeTee.Guests;

/// <summary>
/// What a software guest is launched with. Its measurement is SHA-384 over these inputs, each with its length: like the real one it changes with firmware,
/// kernel parameters and the number of virtual CPUs, but it is not computed page by page.
/// </summary>
/// <param name="Firmware">The firmware image, or whatever stands for it.</param>
/// <param name="KernelParameters">The kernel's command line.</param>
/// <param name="VirtualCpus">The number of virtual CPUs.</param>
public sealed record LaunchInputs(ByteString Firmware, string KernelParameters, int VirtualCpus)
{
    /// <summary>Gets the inputs of the development guest.</summary>
    public static LaunchInputs Development { get; } =
        new(new ByteString("confidential-operator development firmware"u8), "agent.guest_components_rest_api=all", 1);

    /// <summary>Returns the launch measurement, 48 bytes.</summary>
    public ByteString Measure()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        Append(hash, Firmware.Span);
        Append(hash, Encoding.UTF8.GetBytes(KernelParameters));
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, VirtualCpus);
        hash.AppendData(number);
        return new ByteString(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
