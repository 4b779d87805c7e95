namespace ConfidentialOperator.Protocol.BinaryHttp;

/// <summary>The status and fields of a binary HTTP response (RFC 9292 section 3.5).</summary>
/// <param name="Status">The final status, 200 to 599.</param>
/// <param name="Headers">The fields in their order.</param>
public sealed record BinaryHttpResponse(int Status, IReadOnlyList<HeaderField> Headers)
{
    /// <summary>Returns the first value of a field, or null.</summary>
    public string? Header(string name) => HeaderFields.Find(Headers, name);
}
