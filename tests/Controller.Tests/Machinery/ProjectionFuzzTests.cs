using System.Text;
using System.Text.Json;
using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Controller.Reconciling;
using ConfidentialOperator.Controller.Tests.Fixtures;

namespace ConfidentialOperator.Controller.Tests.Machinery;

/// <summary>Objects of the API that are broken in any way are refused in the ways that a reflector expects, and in no other.</summary>
public sealed class ProjectionFuzzTests
{
    private static readonly string[] s_values = ["null", "1", "-9e99", "true", "\"\"", "[]", "{}", "\"x\"", "[null]", "{\"a\":1}", "99999999999999999999"];

    public static TheoryData<string> Seeds => [.. Enumerable.Range(0, 8).Select(seed => seed.ToString())];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void MutatedObjectsNeverBreakAReflector(string seed)
    {
        uint state = 2_463_534_242u + (uint.Parse(seed) * 7919u);
        string model = ModelSamples.Snp(new Uri("https://broker")).ToJsonString();
        string pod = ModelSamples.Pod("pod", "model").ToJsonString();
        for (int round = 0; round < 400; round++)
        {
            foreach ((string text, Func<JsonElement, object?> read) in Readers(model, pod))
            {
                Try(Mutate(text, ref state), read);
            }
        }
    }

    private static IEnumerable<(string, Func<JsonElement, object?>)> Readers(string model, string pod) =>
    [
        (model, item => ModelResource.Read(item).ReadStatus()),
        (model, OwnedObject.Read),
        (pod, ObservedPod.Read),
        (pod, NamedObject.Read),
        ("""{"metadata":{"name":"a","namespace":"b","uid":"c","resourceVersion":"1"},"data":{"k":"dmFsdWU="}}""", item => ReferencedObject.Read(ResourceType.Secrets, item)),
    ];

    private static void Try(string text, Func<JsonElement, object?> read)
    {
        JsonElement item;
        try
        {
            item = JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            return;
        }

        try
        {
            read(item);
        }
        catch (Exception expected) when (expected is JsonException or InvalidOperationException or FormatException)
        {
        }
    }

    /// <summary>Replaces one value by another of any type, or damages one byte.</summary>
    private static string Mutate(string text, ref uint state)
    {
        int at = (int)(Next(ref state) % (uint)text.Length);
        if (Next(ref state) % 4 == 0)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            bytes[at % bytes.Length] = (byte)(Next(ref state) & 0xFF);
            return Encoding.UTF8.GetString(bytes);
        }

        int colon = text.IndexOf(':', at);
        int end = colon < 0 ? -1 : text.IndexOfAny([',', '}'], colon);
        return end < 0 ? text : text[..(colon + 1)] + s_values[Next(ref state) % (uint)s_values.Length] + text[end..];
    }

    private static uint Next(ref uint state)
    {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return state;
    }
}
