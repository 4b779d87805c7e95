using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>The version of a processor's SNP firmware.</summary>
/// <param name="Major">The major version of the ABI.</param>
/// <param name="Minor">The minor version of the ABI.</param>
/// <param name="Build">The build.</param>
public sealed record SnpFirmwareVersion(byte Major, byte Minor, byte Build)
{
    /// <summary>Reads <c>1.55.29</c>.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SnpFirmwareVersion? version)
    {
        string[] parts = text?.Split('.') ?? [];
        byte minor = 0;
        byte build = 0;
        version = parts.Length == 3 && TryPart(parts[0], out byte major) && TryPart(parts[1], out minor) && TryPart(parts[2], out build)
            ? new SnpFirmwareVersion(major, minor, build) : null;
        return version is not null;
    }

    /// <summary>Returns whether it is this version or a later one.</summary>
    public bool IsAtLeast(SnpFirmwareVersion other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Major, Minor, Build).CompareTo((other.Major, other.Minor, other.Build)) >= 0;
    }

    /// <summary>Returns the numbers with points.</summary>
    public override string ToString() => $"{Major}.{Minor}.{Build}";

    private static bool TryPart(string text, out byte part) => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out part);
}
