using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.ApiServer.Tables;
using ConfidentialOperator.ApiServer.Writes;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>Objects as the client wants to see them: whole, as a table, or metadata only.</summary>
internal sealed class Representations(TableMaker tables)
{
    private enum Form
    {
        Whole,
        Table,
        Metadata,
    }

    public Task WriteOne(ApiRequest request, ResourceKind kind, StoredObject item, int code)
    {
        if (FormOf(request) != Form.Whole) return request.Context.WriteJson(Convert(request, kind, item), code);
        return WriteBytes(request.Context, [Whole(kind, item)], code);
    }

    public Task WriteList(ApiRequest request, ResourceKind kind, List<StoredObject> items, long version, string token, int left)
    {
        JsonObject metadata = new() { ["resourceVersion"] = version.ToString() };
        if (token.Length > 0)
        {
            metadata["continue"] = token;
            metadata["remainingItemCount"] = left;
        }

        switch (FormOf(request))
        {
            case Form.Table:
                JsonObject table = tables.Make(kind, [.. items.Select(item => Served(kind, item))], withColumns: true, Include(request));
                table["metadata"] = metadata;
                return request.Context.WriteJson(table);
            case Form.Metadata:
                return request.Context.WriteJson(new JsonObject
                {
                    ["kind"] = "PartialObjectMetadataList",
                    ["apiVersion"] = "meta.k8s.io/v1",
                    ["metadata"] = metadata,
                    ["items"] = new JsonArray([.. items.Select(item => TableMaker.MetadataOnly(Served(kind, item)))]),
                });
            default:
                string head = $"{{\"kind\":\"{kind.ListKind}\",\"apiVersion\":\"{kind.ApiVersion}\",\"metadata\":{metadata.ToJsonString()},\"items\":[";
                return WriteBytes(request.Context, ListParts(head, kind, items), 200);
        }
    }

    /// <summary>The object of a watch event, as bytes.</summary>
    public byte[] Event(ApiRequest request, ResourceKind kind, StoredObject item, bool first)
    {
        Form form = FormOf(request);
        if (form == Form.Whole) return Whole(kind, item);
        JsonObject shown = form == Form.Table
            ? tables.Make(kind, [Served(kind, item)], first, Include(request))
            : TableMaker.MetadataOnly(Served(kind, item));
        return Encoding.UTF8.GetBytes(shown.ToJsonString(Printing.Relaxed));
    }

    private static IEnumerable<byte[]> ListParts(string head, ResourceKind kind, List<StoredObject> items)
    {
        yield return Encoding.UTF8.GetBytes(head);
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0) yield return ","u8.ToArray();
            yield return Whole(kind, items[i]);
        }

        yield return "]}"u8.ToArray();
    }

    private JsonObject Convert(ApiRequest request, ResourceKind kind, StoredObject item) => FormOf(request) == Form.Table
        ? tables.Make(kind, [Served(kind, item)], withColumns: true, Include(request))
        : TableMaker.MetadataOnly(Served(kind, item));

    private static string Include(ApiRequest request) => request.Query("includeObject") ?? "Metadata";

    private static JsonObject Served(ResourceKind kind, StoredObject item) => EventForms.Serve(kind, item.Parse());

    private static byte[] Whole(ResourceKind kind, StoredObject item) => EventForms.MustConvert(kind, item.Utf8)
        ? Encoding.UTF8.GetBytes(Served(kind, item).ToJsonString(Printing.Relaxed))
        : item.Utf8;

    private static Form FormOf(ApiRequest request)
    {
        string first = request.Context.Request.Headers.Accept.ToString().Split(',')[0];
        if (first.Contains("as=Table", StringComparison.Ordinal)) return Form.Table;
        return first.Contains("as=PartialObjectMetadata", StringComparison.Ordinal) ? Form.Metadata : Form.Whole;
    }

    private static async Task WriteBytes(HttpContext context, IEnumerable<byte[]> parts, int code)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        foreach (byte[] part in parts) await context.Response.Body.WriteAsync(part, context.RequestAborted);
    }
}
