namespace ConfidentialOperator.Rendering.Api.V1Alpha1;

/// <summary>Expressions that several fields share.</summary>
internal static class ResourcePatterns
{
    /// <summary>A resource of a key broker: exactly three segments, as the KBS resource plug-in demands.</summary>
    public const string Kbs = "^kbs:///[A-Za-z0-9_-][A-Za-z0-9_.-]*/[A-Za-z0-9_-][A-Za-z0-9_.-]*/[A-Za-z0-9_-][A-Za-z0-9_.-]*$";

    /// <summary>The name of an object in the same namespace.</summary>
    public const string ObjectName = "^[a-z0-9]+([.-]+[a-z0-9]+)*$";

    /// <summary>A key of a ConfigMap or Secret.</summary>
    public const string DataKey = "^[A-Za-z0-9._-]+$";

    /// <summary>A duration as Kubernetes writes it.</summary>
    public const string Duration = "^([0-9]+h)?([0-9]+m)?([0-9]+s)?$";

    /// <summary>The CEL rule of an image that is named by digest.</summary>
    public const string ImageByDigest = "self.matches('^[^@\\\\s]+@sha256:[0-9a-f]{64}$')";
}
