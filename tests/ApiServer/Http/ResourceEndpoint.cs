using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>Sends a resource request to the handler of its verb.</summary>
internal sealed class ResourceEndpoint(
    ObjectDatabase database, ReadHandler reads, WatchHandler watches, WriteHandler writes, DeleteHandler deletes, ScaleHandler scales, ExtraHandler extras)
{
    public Task HandleAsync(ApiRequest request)
    {
        if (ExtraHandler.Knows(request)) return extras.HandleAsync(request);
        ResourceKind kind = request.Kind(database.Kinds);
        CheckSubresource(kind, request);
        if (request.Subresource == "scale") return scales.HandleAsync(kind, request);
        return request.Verb switch
        {
            "get" => reads.GetAsync(kind, request),
            "list" => reads.ListAsync(kind, request),
            "watch" => watches.HandleAsync(kind, request),
            "create" => writes.CreateAsync(kind, request),
            "update" => writes.UpdateAsync(kind, request),
            "patch" => writes.PatchAsync(kind, request),
            "delete" => deletes.DeleteAsync(kind, request),
            "deletecollection" => deletes.DeleteCollectionAsync(kind, request),
            _ => throw ApiErrors.MethodNotAllowed(),
        };
    }

    private static void CheckSubresource(ResourceKind kind, ApiRequest request)
    {
        bool known = request.Subresource switch
        {
            "" => true,
            "status" => kind.HasStatus,
            "scale" => kind.Scale is not null,
            "finalize" => kind.Kind == "Namespace",
            _ => false,
        };
        if (!known) throw ApiErrors.NotFound(kind, request.Name);
    }
}
