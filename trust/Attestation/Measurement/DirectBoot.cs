using System.Diagnostics.CodeAnalysis;
using System.Text;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Measurement;

/// <summary>A kernel that the hypervisor hands to the firmware, as Kata does, with its initrd and command line.</summary>
public sealed record DirectBoot
{
    /// <summary>The longest command line.</summary>
    public const int LongestCommandLine = 64 * 1024;

    private DirectBoot(ReadOnlyMemory<byte> kernel, ReadOnlyMemory<byte>? initrd, string commandLine)
    {
        Kernel = kernel;
        Initrd = initrd;
        CommandLine = commandLine;
    }

    /// <summary>Gets the kernel.</summary>
    public ReadOnlyMemory<byte> Kernel { get; }

    /// <summary>Gets the initrd; null without one.</summary>
    public ReadOnlyMemory<byte>? Initrd { get; }

    /// <summary>Gets the command line; empty without one.</summary>
    public string CommandLine { get; }

    /// <summary>Gets the command line with the zero byte that ends it: how it is measured.</summary>
    internal byte[] CommandLineBytes => Encoding.UTF8.GetBytes(CommandLine + '\0');

    /// <summary>Puts the parts together. Without a kernel there is nothing to boot: then an initrd or a command line is refused, and the result is null.</summary>
    public static bool TryCreate(
        ReadOnlyMemory<byte>? kernel, ReadOnlyMemory<byte>? initrd, string? commandLine, out DirectBoot? boot, [NotNullWhen(false)] out Refusal? refusal)
    {
        boot = null;
        refusal = Check(kernel, initrd, commandLine);
        boot = refusal is null && kernel is { } bytes ? new DirectBoot(bytes, initrd, commandLine ?? "") : null;
        return refusal is null;
    }

    internal IEnumerable<MeasuredInput> Inputs()
    {
        yield return MeasuredInput.Of("kernel", Kernel.Span);
        if (Initrd is { } initrd)
        {
            yield return MeasuredInput.Of("initrd", initrd.Span);
        }

        yield return MeasuredInput.Of("append", CommandLineBytes);
    }

    private static Refusal? Check(ReadOnlyMemory<byte>? kernel, ReadOnlyMemory<byte>? initrd, string? commandLine)
    {
        if (kernel is null && (initrd is not null || !string.IsNullOrEmpty(commandLine)))
        {
            return new(RefusalReason.Malformed, "An initrd or a command line is given without a kernel: give the kernel too, or neither.");
        }

        if (commandLine?.Contains('\0', StringComparison.Ordinal) == true)
        {
            return new(RefusalReason.Malformed, "The command line has a zero character, which would end it.");
        }

        return Encoding.UTF8.GetByteCount(commandLine ?? "") < LongestCommandLine ? null
            : new(RefusalReason.TooLarge, $"The command line has more than {LongestCommandLine - 1} bytes.");
    }
}
