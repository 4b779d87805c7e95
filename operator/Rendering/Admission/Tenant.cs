namespace ConfidentialOperator.Rendering.Admission;

/// <summary>The tenant of a resource in the key broker.</summary>
public static class Tenant
{
    private const string Scheme = "kbs:///";

    /// <summary>Gets the tenant: the first segment of the resource.</summary>
    /// <param name="resourceId">For example kbs:///clinic/triage-notes/v3.</param>
    /// <returns>The tenant; empty when the text is no such resource.</returns>
    public static string Of(string resourceId) =>
        resourceId.StartsWith(Scheme, StringComparison.Ordinal) ? resourceId[Scheme.Length..].Split('/')[0] : "";
}
