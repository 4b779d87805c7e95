using System.Text;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Inference.Tests.Generation.Decoding;
using ConfidentialOperator.Models.Onnx;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Tests.Generation;

/// <summary>A model that cannot be served is refused with a reason and a sentence, and never with an exception.</summary>
public sealed class BadModelTests
{
    [Theory]
    [InlineData(ModelTask.Chat)]
    [InlineData(ModelTask.Completions)]
    [InlineData(ModelTask.Embeddings)]
    [InlineData(ModelTask.Tensor)]
    public void WhatIsNotOnnxIsRefused(string task)
    {
        foreach (byte[] content in new[] { [], "This is a text and no model."u8.ToArray(), new byte[4096] })
        {
            using ModelFiles files = Replaced("model.onnx", content);
            Refusal refusal = LoadedModel.Refused(task, files);
            Assert.Equal(RefusalReason.ModelInvalid, refusal.Reason);
            Assert.Contains("model.onnx", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void ACutModelIsRefused(double part)
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(TestModels.DemoFaq, "model.onnx"));
        using ModelFiles files = Replaced("model.onnx", whole[..(int)(whole.Length * part)]);
        Assert.Equal(RefusalReason.ModelInvalid, LoadedModel.Refused(ModelTask.Chat, files).Reason);
    }

    [Fact]
    public void MutatedModelsAreRefusedOrLoadButNeverThrow()
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(TestModels.Wdbc, "wdbc.onnx"));
        ulong state = 1;
        for (int round = 0; round < 300; round++)
        {
            byte[] changed = [.. whole];
            for (int change = 0; change < 3; change++)
            {
                state = unchecked((state * 6364136223846793005) + 1442695040888963407);
                changed[(int)((state >> 33) % (ulong)changed.Length)] = (byte)((state >> 20) & 0xFF);
            }

            using var files = new ModelFiles();
            TestModels.Add(files, "wdbc.onnx", changed);
            if (ModelLoader.TryLoad(ModelTask.Tensor, "model", files, new ModelLoadOptions { Threads = 1 }, out ILoadedModel? model, out Refusal? refusal)) model.Dispose();
            else Assert.Contains(refusal.Reason, new[] { RefusalReason.ModelInvalid, RefusalReason.ModelInputsUnknown });
        }
    }

    [Theory]
    [InlineData(ModelTask.Completions)]
    [InlineData(ModelTask.Embeddings)]
    public void UnknownInputsAreRefusedByName(string task)
    {
        byte[] classifier = File.ReadAllBytes(Path.Combine(TestModels.Wdbc, "wdbc.onnx"));
        using ModelFiles files = Replaced("model.onnx", classifier);
        Refusal refusal = LoadedModel.Refused(task, files);
        Assert.Equal(RefusalReason.ModelInputsUnknown, refusal.Reason);
        Assert.Contains("\"features\"", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADecoderWithoutCacheIsRefused()
    {
        var graph = new OnnxGraph("none");
        graph.Node("Cast", [graph.Node("Unsqueeze", graph.Input("input_ids", ElementType.Int64, "batch", "tokens"), graph.Longs(2))], [NodeAttribute.Integer("to", 1)], "logits");
        graph.Output("logits", ElementType.Float, "batch", "tokens", 1);
        using ModelFiles files = Replaced("model.onnx", graph.ToBytes());
        Refusal refusal = LoadedModel.Refused(ModelTask.Completions, files);
        Assert.Equal(RefusalReason.ModelInputsUnknown, refusal.Reason);
        Assert.Contains("past key values", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokenizer.json", null, RefusalReason.TokenizerInvalid, "no tokenizer.json, which a decoder needs")]
    [InlineData("tokenizer.json", "{", RefusalReason.TokenizerInvalid, "tokenizer.json is not JSON (line 1")]
    [InlineData("tokenizer.json", "[]", RefusalReason.TokenizerInvalid, "must be a JSON object")]
    [InlineData("tokenizer.json", "{}", RefusalReason.TokenizerInvalid, "no model")]
    [InlineData("tokenizer.json", """{"model":{"type":"Unigram","vocab":{}}}""", RefusalReason.TokenizerInvalid, "\"Unigram\"")]
    [InlineData("tokenizer.json", """{"model":{"type":"BPE","vocab":{"a":0},"merges":["a b"]}}""", RefusalReason.TokenizerInvalid, "model.merges[0]")]
    [InlineData("tokenizer.json", """{"normalizer":{"type":"Nmt"},"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""", RefusalReason.TokenizerInvalid, "\"Nmt\"")]
    [InlineData("tokenizer.json", """{"pre_tokenizer":{"type":"Split","behavior":"Isolated","pattern":{"Regex":"("}},"model":{"type":"BPE","vocab":{},"merges":[]}}""", RefusalReason.TokenizerInvalid, "regular expression")]
    [InlineData("tokenizer_config.json", null, RefusalReason.TokenizerInvalid, "no chat template")]
    [InlineData("tokenizer_config.json", """{"eos_token":"<|end|>","chat_template":"{% macro a() %}{% endmacro %}"}""", RefusalReason.TokenizerInvalid, "line 1: the statement macro is not known")]
    [InlineData("config.json", null, RefusalReason.ModelInvalid, "")]
    [InlineData("config.json", "{\"eos_token_id\":259}", RefusalReason.ModelInvalid, "")]
    [InlineData("model.onnx", null, RefusalReason.ModelInvalid, "0 files that end in .onnx")]
    public void ABadFileIsNamed(string name, string? content, RefusalReason reason, string says)
    {
        using ModelFiles files = Replaced(name, content is null ? null : Encoding.UTF8.GetBytes(content));
        if (name == "config.json") files.Wipe("tokenizer_config.json");
        Refusal refusal = LoadedModel.Refused(name == "config.json" ? ModelTask.Completions : ModelTask.Chat, files);
        Assert.Equal(reason, refusal.Reason);
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEncoderWithoutTokenizerIsRefused()
    {
        using var files = new ModelFiles();
        TestModels.Add(files, "model.onnx", new ToyDecoder().Model());
        Refusal refusal = LoadedModel.Refused(ModelTask.Embeddings, files);
        Assert.Equal(RefusalReason.TokenizerInvalid, refusal.Reason);
        Assert.Contains("neither tokenizer.json nor spiece.model", refusal.Message, StringComparison.Ordinal);
        TestModels.Add(files, "spiece.model", "no pieces"u8.ToArray());
        Assert.Contains("spiece.model", LoadedModel.Refused(ModelTask.Embeddings, files).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATokenBeyondTheModelIsRefused()
    {
        string tokenizer = """{"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},"decoder":{"type":"ByteLevel"},"model":{"type":"BPE","vocab":{"a":1,"b":900},"merges":[]}}""";
        using ModelFiles toy = new ToyDecoder().Files();
        toy.Wipe("tokenizer.json");
        TestModels.Add(toy, "tokenizer.json", Encoding.UTF8.GetBytes(tokenizer));
        using ICompletionModel model = LoadedModel.Load<ICompletionModel>(ModelTask.Completions, toy);
        Assert.True(model.TryComplete("a", new GenerationOptions(), out _, out _));
        Assert.False(model.TryComplete("b", new GenerationOptions(), out _, out Refusal? refusal));
        Assert.Contains("it knows 260", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ModelTask.Transcription)]
    [InlineData("")]
    public void ATaskThatIsNotServedIsRefused(string task)
    {
        using ModelFiles files = TestModels.Read(TestModels.DemoFaq);
        Assert.Equal(RefusalReason.Unsupported, LoadedModel.Refused(task, files).Reason);
    }

    [Fact]
    public void TheWeightsAreWipedAfterLoading()
    {
        using ModelFiles files = new ToyDecoder().Files();
        Assert.True(files.TryGet("model.onnx", out ReadOnlyMemory<byte> content));
        using ICompletionModel model = LoadedModel.Load<ICompletionModel>(ModelTask.Completions, files);
        Assert.DoesNotContain(content.ToArray(), value => value != 0);
    }

    private static ModelFiles Replaced(string name, byte[]? content)
    {
        ModelFiles files = TestModels.Read(TestModels.DemoFaq, name);
        if (content is not null) TestModels.Add(files, name, content);
        return files;
    }
}
