using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Contracts;

/// <summary>Reads and writes the messages between our own processes: camelCase JSON; unknown, duplicate and missing members are refused.</summary>
public static class Contract
{
    private const int LongestMessage = 1024 * 1024;

    // Writers write every member. A reader that let one be absent would hold a null where the type says that there is none.
    private static readonly JsonSerializerOptions s_options = new(ContractContext.Default.Options)
    {
        TypeInfoResolver = ContractContext.Default.WithAddedModifier(RequireAll),
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Writes a message.</summary>
    public static byte[] Write<T>(T message)
        where T : class => JsonSerializer.SerializeToUtf8Bytes(message, Metadata<T>());

    /// <summary>Reads a message.</summary>
    public static bool TryRead<T>(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out T? message, [NotNullWhen(false)] out Refusal? refusal)
        where T : class
    {
        message = null;
        if (utf8.Length > LongestMessage)
        {
            refusal = new(RefusalReason.TooLarge, $"The {typeof(T).Name} has {utf8.Length} bytes; the limit is {LongestMessage}.");
            return false;
        }

        try
        {
            message = JsonSerializer.Deserialize(utf8, Metadata<T>());
            refusal = message is not null ? null : new(RefusalReason.Malformed, $"The {typeof(T).Name} is null.");
        }
        catch (JsonException exception)
        {
            refusal = new(RefusalReason.Malformed, $"The {typeof(T).Name} is refused at '{Reading.Shown(exception.Path ?? "$")}': it is not JSON of the expected form.");
        }

        return message is not null;
    }

    private static JsonTypeInfo<T> Metadata<T>() => (JsonTypeInfo<T>)s_options.GetTypeInfo(typeof(T));

    private static void RequireAll(JsonTypeInfo type)
    {
        foreach (JsonPropertyInfo member in type.Properties)
        {
            member.IsRequired = true;
        }
    }
}
