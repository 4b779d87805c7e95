using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Protobuf;

namespace ConfidentialOperator.ApiServer.Tests.Protobuf;

public sealed class ProtobufBodyTests
{
    [Fact]
    public void A_service_is_read()
    {
        byte[] port = [.. Text(1, "http"), .. Text(2, "TCP"), .. Number(3, 80), .. Bytes(4, [.. Number(1, 0), .. Number(2, 8080), .. Text(3, "")])];
        byte[] spec = [.. Bytes(1, port), .. Bytes(2, [.. Text(1, "app"), .. Text(2, "x")]), .. Text(4, "ClusterIP"), .. Text(3, "")];
        JsonObject read = ProtobufBody.Read(Envelope("v1", "Service", [.. Bytes(1, Text(1, "s")), .. Bytes(2, spec)]));
        Assert.Equal(
            """{"metadata":{"name":"s"},"spec":{"ports":[{"name":"http","protocol":"TCP","port":80,"targetPort":8080}],"selector":{"app":"x"},"type":"ClusterIP"},"apiVersion":"v1","kind":"Service"}""",
            read.ToJsonString());
    }

    [Fact]
    public void Zero_replicas_stay_and_other_zeros_go()
    {
        byte[] spec = [.. Number(1, 0), .. Number(5, 0)];
        JsonObject read = ProtobufBody.Read(Envelope("apps/v1", "Deployment", Bytes(2, spec)));
        Assert.Equal("""{"replicas":0}""", read["spec"]!.ToJsonString());
    }

    [Fact]
    public void Secrets_keep_their_bytes()
    {
        JsonObject read = ProtobufBody.Read(Envelope("v1", "Secret", Bytes(2, [.. Text(1, "k"), .. Bytes(2, [0, 255])])));
        Assert.Equal("AP8=", read.Text("data", "k"));
    }

    [Fact]
    public void What_is_not_known_is_unsupported() =>
        Assert.Equal(415, Assert.Throws<ApiStatusException>(() => ProtobufBody.Read(Envelope("v1", "Binding", []))).Code);

    [Fact]
    public void A_broken_body_is_a_bad_request_wherever_it_breaks()
    {
        byte[] whole = Envelope("v1", "ConfigMap", [.. Bytes(1, Text(1, "name")), .. Bytes(2, [.. Text(1, "k"), .. Text(2, "v")])]);
        for (int length = 0; length < whole.Length; length++)
        {
            try
            {
                ProtobufBody.Read(whole.AsMemory(0, length));
            }
            catch (ApiStatusException error)
            {
                Assert.True(error.Code is 400 or 415);
            }
        }
    }

    private static byte[] Envelope(string version, string kind, byte[] message) =>
        [.. "k8s\0"u8, .. Bytes(1, [.. Text(1, version), .. Text(2, kind)]), .. Bytes(2, message)];

    private static byte[] Text(int number, string text) => Bytes(number, System.Text.Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(int number, byte[] content) => [.. Varint((number << 3) | 2), .. Varint(content.Length), .. content];

    private static byte[] Number(int number, int value) => [.. Varint(number << 3), .. Varint(value)];

    private static byte[] Varint(int value) => value < 0x80 ? [(byte)value] : [(byte)((value & 0x7F) | 0x80), .. Varint(value >> 7)];
}
