using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Protobuf;

/// <summary>
/// Reads the protobuf form of Kubernetes objects: four magic bytes, then an envelope with the type and the message.
/// Zero values are what Go leaves unset, so they are left out; only the number of replicas may be zero on purpose.
/// </summary>
internal static class ProtobufBody
{
    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    public static JsonObject Read(ReadOnlyMemory<byte> body)
    {
        if (!body.Span.StartsWith(Magic)) throw ApiErrors.BadRequest("the body is no Kubernetes protobuf");
        string version = "";
        string kind = "";
        ReadOnlyMemory<byte> message = default;
        foreach ((int number, _, ReadOnlyMemory<byte> bytes) in WireFields(body[Magic.Length..]))
        {
            if (number == 2) message = bytes;
            if (number != 1) continue;
            foreach ((int part, _, ReadOnlyMemory<byte> text) in WireFields(bytes))
            {
                if (part == 1) version = Encoding.UTF8.GetString(text.Span);
                else kind = Encoding.UTF8.GetString(text.Span);
            }
        }

        if (!MessageTypes.Knows(kind)) throw ApiErrors.Unsupported(["application/json", "application/yaml"]);
        JsonObject item = ReadMessage(kind, message);
        item["apiVersion"] = version;
        item["kind"] = kind;
        return item;
    }

    private static JsonObject ReadMessage(string type, ReadOnlyMemory<byte> message)
    {
        JsonObject read = [];
        foreach ((int number, ulong integer, ReadOnlyMemory<byte> bytes) in WireFields(message))
        {
            if (MessageTypes.Find(type, number) is not { } field) continue;
            JsonNode? value = ReadValue(field, integer, bytes);
            if (value is null) continue;
            if (field.Kind.EndsWith("map", StringComparison.Ordinal)) ReadEntry(read.Child(field.Name), field.Kind == "bytemap", bytes);
            else if (!field.Repeated) read[field.Name] = value;
            else if (read[field.Name] is JsonArray list) list.Add(value);
            else read[field.Name] = new JsonArray(value);
        }

        return read;
    }

    private static JsonNode? ReadValue(MessageField field, ulong integer, ReadOnlyMemory<byte> bytes) => field.Kind switch
    {
        "text" => bytes.IsEmpty ? null : Encoding.UTF8.GetString(bytes.Span),
        "int" => integer == 0 && field.Name != "replicas" ? null : unchecked((long)integer),
        "bool" => integer != 0,
        "map" or "bytemap" => true,
        "IntOrString" => ReadIntOrString(bytes),
        _ => bytes.IsEmpty ? null : ReadMessage(field.Kind, bytes) is { Count: > 0 } below ? below : null,
    };

    private static JsonNode? ReadIntOrString(ReadOnlyMemory<byte> bytes)
    {
        ulong kind = 0;
        ulong number = 0;
        string text = "";
        foreach ((int part, ulong integer, ReadOnlyMemory<byte> content) in WireFields(bytes))
        {
            if (part == 1) kind = integer;
            else if (part == 2) number = integer;
            else text = Encoding.UTF8.GetString(content.Span);
        }

        return kind == 1 ? text : number == 0 ? null : (long)number;
    }

    private static void ReadEntry(JsonObject map, bool isBytes, ReadOnlyMemory<byte> entry)
    {
        string key = "";
        ReadOnlyMemory<byte> value = default;
        foreach ((int part, _, ReadOnlyMemory<byte> content) in WireFields(entry))
        {
            if (part == 1) key = Encoding.UTF8.GetString(content.Span);
            else value = content;
        }

        map[key] = isBytes ? Convert.ToBase64String(value.Span) : Encoding.UTF8.GetString(value.Span);
    }

    private static List<(int Number, ulong Integer, ReadOnlyMemory<byte> Bytes)> WireFields(ReadOnlyMemory<byte> message)
    {
        List<(int Number, ulong Integer, ReadOnlyMemory<byte> Bytes)> fields = [];
        int at = 0;
        while (at < message.Length)
        {
            ulong tag = Varint(message.Span, ref at);
            ulong integer = 0;
            ReadOnlyMemory<byte> bytes = default;
            if ((tag & 7) == 0)
            {
                integer = Varint(message.Span, ref at);
            }
            else if ((tag & 7) == 2 && Varint(message.Span, ref at) is var length && length <= (ulong)(message.Length - at))
            {
                bytes = message.Slice(at, (int)length);
                at += (int)length;
            }
            else
            {
                throw ApiErrors.BadRequest("the protobuf message is broken");
            }

            fields.Add(((int)(tag >> 3), integer, bytes));
        }

        return fields;
    }

    private static ulong Varint(ReadOnlySpan<byte> message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64 && at < message.Length; shift += 7)
        {
            byte next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw ApiErrors.BadRequest("the protobuf message is broken");
    }
}
