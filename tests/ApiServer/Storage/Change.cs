namespace ConfidentialOperator.ApiServer.Storage;

/// <summary>What happened to an object, as the history keeps it.</summary>
internal sealed record Change(string Type, StoredObject Current, StoredObject? Previous)
{
    public const string Added = "ADDED";
    public const string Modified = "MODIFIED";
    public const string Deleted = "DELETED";

    public long ResourceVersion => Current.ResourceVersion;
}
