namespace ConfidentialOperator.ApiServer.Http;

/// <summary>A request as the log keeps it.</summary>
/// <param name="Verb">get, list, watch, create, update, patch, delete, deletecollection; or the HTTP method outside of resources.</param>
/// <param name="Resource"><c>plural.group</c>, or the path outside of resources.</param>
/// <param name="Namespace">The namespace, or empty.</param>
/// <param name="Name">The name, or empty.</param>
/// <param name="Subresource">The subresource, or empty.</param>
/// <param name="UserAgent">The client's user agent.</param>
/// <param name="ContentType">The content type of the body: tells an apply from a merge patch.</param>
/// <param name="Code">The HTTP status of the answer; zero while it runs, -1 when the connection was cut.</param>
public sealed record LoggedRequest(
    string Verb, string Resource, string Namespace, string Name, string Subresource, string UserAgent, string ContentType, int Code)
{
    /// <summary>Gets whether the request changes something.</summary>
    public bool IsWrite => Verb is "create" or "update" or "patch" or "delete" or "deletecollection";
}
