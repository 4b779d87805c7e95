using System.Text;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.Inference.Endpoints.OpenAi;

/// <summary><c>GET /v1/models</c>: the one model of this guest.</summary>
internal sealed class ModelsEndpoint(string model, TimeProvider time)
{
    private readonly long _created = time.GetUtcNow().ToUnixTimeSeconds();

    public InnerAnswer List() => Answer(new JsonObject { ["object"] = "list", ["data"] = new JsonArray(Entry()) });

    public InnerAnswer One() => Answer(Entry());

    private JsonObject Entry() => new() { ["id"] = model, ["object"] = "model", ["created"] = _created, ["owned_by"] = "owner" };

    private static InnerAnswer Answer(JsonObject document) => new() { Content = Encoding.UTF8.GetBytes(document.ToJsonString()) };
}
