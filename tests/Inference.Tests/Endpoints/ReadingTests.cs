using System.Text;
using ConfidentialOperator.Inference.Endpoints.OpenAi;
using ConfidentialOperator.Inference.Endpoints.OpenInference;
using ConfidentialOperator.Inference.Endpoints.Reading;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Tests.Endpoints;

/// <summary>Bodies that were changed at random are read or refused with a sentence, and never end in an exception.</summary>
public sealed class ReadingTests
{
    private const string Chat = """
        {"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"é\u00e9"}],"name":"n"}],"temperature":0.5,"top_p":1,
         "max_completion_tokens":5,"seed":1,"stop":["a","b"],"stream":true,"stream_options":{"include_usage":true},"n":1,"logit_bias":{},"user":"u","tools":[]}
        """;

    private const string Infer = """
        {"id":"1","parameters":{"binary_data_output":false},"inputs":[{"name":"a","shape":[2,2],"datatype":"FP32","data":[[1,2],[3.5,4e3]]},
         {"name":"b","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":6}},{"name":"c","shape":[3],"datatype":"BOOL","data":[true,false,1]},
         {"name":"d","shape":[2],"datatype":"INT8","data":[-128,127]}],"outputs":[{"name":"o","parameters":{"binary_data":true}}]}
        """;

    private static readonly byte[] s_binary = [2, 0, 0, 0, (byte)'h', (byte)'i'];

    [Fact]
    public void WhatIsValidIsRead()
    {
        Assert.True(RequestReader.TryRead(Bytes(Chat), ChatRequest.Read, out ChatRequest? chat, out RequestFault? fault), fault?.Refusal.ToString());
        Assert.Equal(["s", "éé"], chat.Messages.Select(message => message.Content));
        Assert.Equal(5, chat.Options.MaxTokens);
        Assert.True(chat.Stream && chat.IncludeUsage);
        Assert.True(RequestReader.TryRead(Bytes(Infer), reader => InferRequest.Read(reader, s_binary), out InferRequest? infer, out fault), fault?.Refusal.ToString());
        Assert.Equal([1, 2, 3.5f, 4000], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(infer.Inputs[0].Data.Span).ToArray());
        Assert.Equal("hi"u8.ToArray(), Assert.Single(infer.Inputs[1].Strings).ToArray());
        Assert.Equal([1, 0, 1], infer.Inputs[2].Data.ToArray());
        Assert.Equal([0x80, 0x7F], infer.Inputs[3].Data.ToArray());
    }

    [Fact]
    public void ChangedBodiesAreReadOrRefused()
    {
        // Seeded, so that a failure comes again.
        var random = new Random(7);
        string[] pieces = ["null", "{}", "[]", "\"\\ud800\"", "1e999", "-1", "true", "\"x\"", ",", "}", "\0", "\u00ff", "99999999999999999999"];
        int refused = 0;
        for (int round = 0; round < 20_000; round++)
        {
            bool chat = round % 2 == 0;
            byte[] body = Change(Bytes(chat ? Chat : Infer), pieces, random);
            bool read = chat
                ? RequestReader.TryRead(body, ChatRequest.Read, out _, out RequestFault? fault)
                : RequestReader.TryRead(body, reader => InferRequest.Read(reader, s_binary), out _, out fault);
            Assert.Equal(read, fault is null);
            refused += read ? 0 : 1;
            Assert.True(read || (fault!.Refusal.Reason == RefusalReason.RequestInvalid && fault.Refusal.Message.EndsWith('.')), Encoding.Latin1.GetString(body));
        }

        Assert.InRange(refused, 10_000, 19_999);
    }

    [Fact]
    public void DeepNestingIsRefused()
    {
        string deep = "{\"messages\":" + new string('[', 100_000);
        Assert.False(RequestReader.TryRead(Bytes(deep), ChatRequest.Read, out _, out RequestFault? fault));
        Assert.Contains("nested", fault.Refusal.Message);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Change(byte[] body, string[] pieces, Random random)
    {
        List<byte> changed = [.. body];
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next(changed.Count);
            switch (random.Next(3))
            {
                case 0:
                    changed[at] = (byte)random.Next(256);
                    break;
                case 1:
                    changed.RemoveRange(at, Math.Min(random.Next(1, 12), changed.Count - at));
                    break;
                default:
                    changed.InsertRange(at, Bytes(pieces[random.Next(pieces.Length)]));
                    break;
            }
        }

        return [.. changed];
    }
}
