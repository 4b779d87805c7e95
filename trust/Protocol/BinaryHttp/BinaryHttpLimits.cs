namespace ConfidentialOperator.Protocol.BinaryHttp;

/// <summary>How much of a binary HTTP message is taken before it is refused.</summary>
public sealed record BinaryHttpLimits
{
    /// <summary>Gets the limits that hold where nothing else is said.</summary>
    public static BinaryHttpLimits Default { get; } = new();

    /// <summary>Gets the longest method, scheme, authority or path.</summary>
    public int ControlBytes { get; init; } = 8 * 1024;

    /// <summary>Gets the longest field section.</summary>
    public int HeaderBytes { get; init; } = 32 * 1024;

    /// <summary>Gets the most fields in a section.</summary>
    public int HeaderCount { get; init; } = 100;

    /// <summary>Gets the longest content.</summary>
    public long BodyBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Gets the longest padding after the message.</summary>
    public int PaddingBytes { get; init; } = 1024 * 1024;
}
