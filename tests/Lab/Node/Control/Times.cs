namespace ConfidentialOperator.Lab.Node.Control;

/// <summary>Times as Kubernetes writes them.</summary>
internal static class Times
{
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
}
