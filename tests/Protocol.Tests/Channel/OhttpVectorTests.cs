using System.Text;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;
using static ConfidentialOperator.Protocol.Tests.Channel.Vectors;

namespace ConfidentialOperator.Protocol.Tests.Channel;

/// <summary>RFC 9458 appendix A, the appendix of draft-ietf-ohai-chunked-ohttp, and an exchange of our own with AES-256-GCM.</summary>
public sealed class OhttpVectorTests
{
    private const string Get = "00034745540568747470730b6578616d706c652e636f6d012f";

    [Fact]
    public async Task TheExampleOfRfc9458IsWrittenAndRead()
    {
        using HpkePrivateKey receiver = Key("3c168975674b2fa8e465970b79c8dcf09f1c741626480bd4c6162fc5b6a98e1a");
        using HpkePrivateKey ephemeral = Key("bc51d5e930bda26589890ac7032f70ad12e4ecb37abb1b65b1256c9c48999c73");
        KeyConfiguration configuration = Configuration(receiver, HpkeAead.Aes128Gcm, HpkeAead.ChaCha20Poly1305);
        Assert.Equal("01002031e1f05a740102115220e9af918f738674aec95f54db6e04eb705aae8e79815500080001000100010003",
            Convert.ToHexStringLower(configuration.Encode()));
        using ClientExchange client = Begin(configuration, HpkeAead.Aes128Gcm, SealedFormat.Whole, ephemeral);
        using var output = new MemoryStream();
        byte[] request = await SealAsync(client.BeginRequest(output), output, Hex(Get));
        Assert.Equal("010020000100014b28f881333e7c164ffc499ad9796f877f4e1051ee6d31bad19dec96c208b4726374e469135906992e1268c594d2a10c695d858c40a026e7965e7d86b83dd440b2c0185204b4d63525",
            Convert.ToHexStringLower(request));
        using ServerExchange server = await OpenAsync(request, SealedFormat.Whole, receiver);
        Assert.Equal(("GET", "https", "example.com", "/"), (server.Request.Method, server.Request.Scheme, server.Request.Authority, server.Request.Path));
        Assert.Empty(await ReadAsync(server.Body));

        using var answer = new MemoryStream();
        byte[] response = await SealAsync(server.BeginResponse(answer, Hex("c789e7151fcba46158ca84b04464910d")), answer, Hex("0140c8"));
        Assert.Equal("c789e7151fcba46158ca84b04464910d86f9013e404feea014e7be4a441f234f857fbd", Convert.ToHexStringLower(response));
        Outcome<OpenedResponse> opened = await client.OpenResponseAsync(new MemoryStream(response), BinaryHttpLimits.Default, Token);
        Assert.True(opened.Accepted, opened.Refusal?.ToString());
        Assert.Equal(200, opened.Value.Response.Status);
        Assert.Empty(await ReadAsync(opened.Value.Body));
    }

    [Fact]
    public async Task TheExampleOfTheChunkedDraftIsWrittenAndRead()
    {
        using HpkePrivateKey receiver = Key("1c190d72acdbe4dbc69e680503bb781a932c70a12c8f3754434c67d8640d8698");
        using HpkePrivateKey ephemeral = Key("b26d565f3f875ed480d1abced3d665159650c99174fd0b124ac4bda0c64ae324");
        using ClientExchange client = Begin(Configuration(receiver, HpkeAead.Aes128Gcm), HpkeAead.Aes128Gcm, SealedFormat.Chunked, ephemeral);
        using var output = new MemoryStream();
        byte[] get = Hex(Get);
        byte[] request = await SealAsync(client.BeginRequest(output), output, get[..12], get[12..], []);
        Assert.Equal("01002000010001"
            + "8811eb457e100811c40a0aa71340a1b81d804bb986f736f2f566a7199761a032"
            + "1c2ad24942d4d692563012f2980c8fef437a336b9b2fc938ef77a5834f"
            + "1d2e33d8fd25577afe31bd1c79d094f76b6250ae6549b473ecd950501311"
            + "001c6c1395d0ef7c1022297966307b8a7f", Convert.ToHexStringLower(request));
        using ServerExchange server = await OpenAsync(request, SealedFormat.Chunked, receiver);
        Assert.Equal("/", server.Request.Path);
        Assert.Empty(await ReadAsync(server.Body));

        using var answer = new MemoryStream();
        byte[] nonce = Hex("bcce7f4cb921309ba5d62edf1769ef09");
        byte[] response = await SealAsync(server.BeginResponse(answer, nonce), answer, [1], Hex("40c8"), []);
        Assert.Equal("bcce7f4cb921309ba5d62edf1769ef09" + "1179bf1cc87fa0e2c02de4546945aa3d1e48"
            + "12b348b5bd4c594c16b6170b07b475845d1f32" + "00ed9d8a796617a5b27265f4d73247f639", Convert.ToHexStringLower(response));
        Outcome<OpenedResponse> opened = await client.OpenResponseAsync(new MemoryStream(response), BinaryHttpLimits.Default, Token);
        Assert.True(opened.Accepted, opened.Refusal?.ToString());
        Assert.Equal(200, opened.Value.Response.Status);
        Assert.Empty(await ReadAsync(opened.Value.Body));
    }

    [Fact]
    public async Task OurExampleWithAes256IsWrittenAndRead()
    {
        using HpkePrivateKey receiver = HpkePrivateKey.Import(Range(0x01, 32));
        using HpkePrivateKey ephemeral = HpkePrivateKey.Import(Range(0x21, 32));
        KeyConfiguration configuration = Configuration(receiver, HpkeAead.Aes256Gcm, HpkeAead.Aes128Gcm);
        Assert.Equal("01002007a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c00080001000200010001",
            Convert.ToHexStringLower(configuration.Encode()));
        byte[] plain = Hex("0004504f5354056874747073096d2e6578616d706c65142f76312f636861742f636f6d706c6574696f6e73350d617574686f72697a6174696f6e08426561726572206b0c636f6e74656e742d74797065106170706c69636174696f6e2f6a736f6e297b226d6f64656c223a226d222c2273747265616d223a747275652c226d65737361676573223a5b5d7d00");
        using ClientExchange client = Begin(configuration, HpkeAead.Aes256Gcm, SealedFormat.Chunked, ephemeral);
        using var output = new MemoryStream();
        byte[] request = await SealAsync(client.BeginRequest(output), output, plain);
        Assert.Equal("010020000100025869aff450549732cbaaed5e5df9b30a6da31cb0e5742bad5ad4a1a768f1a67b009388d24a95b817cdbeab600c8d1eac499e23933f87a2121bbc4bf7bc87c4be522031f2967852128815b7ab953139fe75c49bdbe61acd507a8243b049887ed005b1afcd3ba4a7dd21b645770408f0cc7ae615dd4f4cebb2bcdd0098e58d70034c1bf18212c283b29763271ebed8e1b12a6e733e6c276b522b971a3295ebb71fa30d978367e7d9719895712edcd13f89be51b9eae54fd12db7f2942f1c",
            Convert.ToHexStringLower(request));
        using ServerExchange server = await OpenAsync(request, SealedFormat.Chunked, receiver);
        Assert.Equal("Bearer k", server.Request.Header("Authorization"));
        Assert.Equal("{\"model\":\"m\",\"stream\":true,\"messages\":[]}", Encoding.UTF8.GetString(await ReadAsync(server.Body)));
        await CheckAnswerAsync(client, server);
    }

    private static async Task CheckAnswerAsync(ClientExchange client, ServerExchange server)
    {
        using var answer = new MemoryStream();
        byte[] response = await SealAsync(server.BeginResponse(answer, Range(0x80, 32)), answer,
            Hex("0340c80c636f6e74656e742d7479706511746578742f6576656e742d73747265616d000f646174613a207b2278223a317d0a0a"),
            Hex("0e646174613a205b444f4e455d0a0a"),
            [0, 0]);
        Assert.Equal("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f404385f324b0d8850b987de0bf210c0814b3c51c06b8ee1cfad1d3dbd7ca156de26e5046c96d4e058996f5f94aa2b7b0877d7e65114f85d3934b8767dc91bf62af0aabfbc31f37a332730a572a2d26ee657643ff999574e0e34f118d6151e2d2511f0c52fe00b7620df3212152a04bc544e50d5a30af8c5f",
            Convert.ToHexStringLower(response));
        Outcome<OpenedResponse> opened = await client.OpenResponseAsync(new MemoryStream(response), BinaryHttpLimits.Default, Token);
        Assert.True(opened.Accepted, opened.Refusal?.ToString());
        Assert.Equal("text/event-stream", opened.Value.Response.Header("content-type"));
        Assert.Equal("data: {\"x\":1}\n\ndata: [DONE]\n\n", Encoding.UTF8.GetString(await ReadAsync(opened.Value.Body)));
    }
}
