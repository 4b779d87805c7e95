namespace ConfidentialOperator.Protocol.BinaryHttp;

/// <summary>Looks fields up.</summary>
internal static class HeaderFields
{
    public static string? Find(IReadOnlyList<HeaderField> headers, string name)
    {
        foreach (HeaderField field in headers)
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return field.Value;
            }
        }

        return null;
    }
}
