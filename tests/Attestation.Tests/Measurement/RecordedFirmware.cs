using System.Collections.Concurrent;
using System.Diagnostics;
using ConfidentialOperator.Attestation.Tests.Running;

namespace ConfidentialOperator.Attestation.Tests.Measurement;

/// <summary>The firmware images that come packed beside the repository, unpacked once each by <c>xz</c>.</summary>
internal static class RecordedFirmware
{
    private static readonly ConcurrentDictionary<string, Lazy<byte[]>> s_images = new();

    public static byte[] Read(string name) => s_images.GetOrAdd(name, static name => new(() => Unpack(name))).Value;

    private static byte[] Unpack(string name)
    {
        var start = new ProcessStartInfo("xz") { ArgumentList = { "-dc", Path.Combine(SharedFolder.Firmware(), name + ".xz") }, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        using var bytes = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(bytes);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return bytes.ToArray();
    }
}
