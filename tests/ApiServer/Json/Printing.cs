using System.Text.Encodings.Web;
using System.Text.Json;

namespace ConfidentialOperator.ApiServer.Json;

/// <summary>How JSON is printed: compact, and readable rather than safe for HTML.</summary>
internal static class Printing
{
    public static JsonSerializerOptions Relaxed { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonWriterOptions Writer { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
