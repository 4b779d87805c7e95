namespace ConfidentialOperator.Inference.Control;

/// <summary>What a socket is for; an endpoint answers only on its own.</summary>
internal sealed class SocketRole
{
    private SocketRole()
    {
    }

    /// <summary>Gets the role of <c>keys.sock</c>.</summary>
    public static SocketRole Control { get; } = new();

    /// <summary>Gets the role of <c>inference.sock</c>.</summary>
    public static SocketRole Ciphertext { get; } = new();
}
