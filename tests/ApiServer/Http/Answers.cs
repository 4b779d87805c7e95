using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Protobuf;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>Writing answers.</summary>
internal static class Answers
{
    public static async Task WriteJson(this HttpContext context, JsonNode body, int code = 200, string contentType = "application/json")
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = contentType;
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(body, Printing.Relaxed);
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    public static async Task WriteText(this HttpContext context, string text, int code = 200)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    public static Task WriteError(this HttpContext context, ApiStatusException error)
    {
        if (error.RetryAfterSeconds is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString();
        return context.WriteJson(error.ToStatus(), error.Code);
    }

    public static void AddWarnings(this HttpContext context, IEnumerable<string> warnings)
    {
        foreach (string warning in warnings)
            context.Response.Headers.Append("Warning", $"299 - \"{warning.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
    }

    public static async Task<byte[]> ReadBody(this HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }

    /// <summary>Reads an object in whichever form the client sends it: JSON, YAML, or the protobuf of kubectl create.</summary>
    public static async Task<JsonObject> ReadObject(this HttpContext context)
    {
        byte[] body = await context.ReadBody();
        bool isProtobuf = context.Request.ContentType?.Contains("protobuf", StringComparison.Ordinal) == true;
        return isProtobuf ? ProtobufBody.Read(body) : BodyReader.ReadObject(body);
    }
}
