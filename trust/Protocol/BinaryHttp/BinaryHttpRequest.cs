namespace ConfidentialOperator.Protocol.BinaryHttp;

/// <summary>The control data and fields of a binary HTTP request (RFC 9292 section 3.4).</summary>
/// <param name="Method">The method.</param>
/// <param name="Scheme">The scheme.</param>
/// <param name="Authority">The authority, which may be empty.</param>
/// <param name="Path">The path with its query.</param>
/// <param name="Headers">The fields in their order.</param>
public sealed record BinaryHttpRequest(string Method, string Scheme, string Authority, string Path, IReadOnlyList<HeaderField> Headers)
{
    /// <summary>Returns the first value of a field, or null.</summary>
    public string? Header(string name) => HeaderFields.Find(Headers, name);
}
