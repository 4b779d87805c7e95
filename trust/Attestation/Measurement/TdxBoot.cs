using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Measurement;

/// <summary>What the firmware of a TDX guest measures when it boots a kernel that it is handed.</summary>
public sealed record TdxBoot
{
    /// <summary>Gets kernel, initrd and command line.</summary>
    public required DirectBoot Boot { get; init; }

    /// <summary>Gets the guest's memory in bytes, on which the place of the initrd depends; null when the hypervisor leaves the kernel's header as it is (QEMU 10 and later).</summary>
    public required ulong? Memory { get; init; }

    /// <summary>RTMR1: the kernel as an EFI program, and the way to it.</summary>
    internal bool TryMeasureKernel([NotNullWhen(true)] out ByteString? register, [NotNullWhen(false)] out Refusal? refusal)
    {
        register = null;
        byte[]? patched = null;
        if (Memory is { } memory && !LinuxKernel.TryPatch(Boot, memory, out patched, out refusal))
        {
            return false;
        }

        if (!AuthenticodeDigest.TryCompute(patched ?? Boot.Kernel.Span, out ByteString? kernel, out refusal))
        {
            return false;
        }

        register = Chain(kernel.Span, SHA384.HashData("Calling EFI Application from Boot Option"u8), SHA384.HashData(new byte[4]),
            SHA384.HashData("Exit Boot Services Invocation"u8), SHA384.HashData("Exit Boot Services Returned with Success"u8));
        return true;
    }

    /// <summary>RTMR2: the command line as the firmware hands it on, then the initrd.</summary>
    internal ByteString MeasureCommandLine()
    {
        byte[] line = SHA384.HashData(Encoding.Unicode.GetBytes(Boot.CommandLine + (Boot.Initrd is null ? "\0" : " initrd=initrd\0")));
        return Boot.Initrd is { } initrd ? Chain(line, SHA384.HashData(initrd.Span)) : Chain(line);
    }

    private static ByteString Chain(ReadOnlySpan<byte> first, params ReadOnlySpan<byte[]> others)
    {
        Span<byte> both = stackalloc byte[2 * SHA384.HashSizeInBytes];
        both.Clear();
        first.CopyTo(both[SHA384.HashSizeInBytes..]);
        Span<byte> value = stackalloc byte[SHA384.HashSizeInBytes];
        SHA384.HashData(both, value);
        foreach (byte[] digest in others)
        {
            value.CopyTo(both);
            digest.CopyTo(both[SHA384.HashSizeInBytes..]);
            SHA384.HashData(both, value);
        }

        return new ByteString(value);
    }
}
