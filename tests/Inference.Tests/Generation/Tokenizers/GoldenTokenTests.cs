using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Tokenizers;

namespace ConfidentialOperator.Inference.Tests.Generation.Tokenizers;

/// <summary>The ids of published models, exactly.</summary>
public sealed class GoldenTokenTests
{
    [Fact]
    public void SmolLm2GivesTheGoldenIds()
    {
        string folder = TestModels.Shared("smollm2-135m-instruct");
        JsonTokenizer tokenizer = Read(folder);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        int checkedPrompts = 0;
        foreach (JsonElement prompt in golden.RootElement.GetProperty("prompts").EnumerateArray())
        {
            string text = prompt.GetProperty("text").GetString()!;
            var ids = new List<int>();
            tokenizer.Encode(MarkedText.Trusted(text), ids);
            Assert.Equal(prompt.GetProperty("input_ids").EnumerateArray().Select(id => id.GetInt32()), ids);
            ITokenDecoder decoder = tokenizer.NewDecoder();
            string decoded = string.Concat(ids.Select(decoder.Append));
            Assert.Equal(text.Replace("<|im_start|>", "", StringComparison.Ordinal).Replace("<|im_end|>", "", StringComparison.Ordinal), decoded);
            checkedPrompts++;
        }

        Assert.Equal(21, checkedPrompts);
    }

    [Fact]
    public void MiniLmGivesTheGoldenIds()
    {
        string folder = TestModels.Shared("all-minilm-l6-v2");
        JsonTokenizer tokenizer = Read(folder);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        Assert.Equal([101], tokenizer.Prefix);
        Assert.Equal([102], tokenizer.Suffix);
        Assert.Equal(256, tokenizer.CutAt);
        foreach (JsonElement sentence in golden.RootElement.GetProperty("sentences").EnumerateArray())
        {
            List<int> ids = [.. tokenizer.Prefix];
            tokenizer.Encode(MarkedText.Trusted(sentence.GetProperty("text").GetString()!), ids);
            ids.AddRange(tokenizer.Suffix);
            Assert.Equal(sentence.GetProperty("n_tokens_untruncated").GetInt32(), ids.Count);
            if (ids.Count <= 256) Assert.Equal(sentence.GetProperty("token_ids").EnumerateArray().Select(id => id.GetInt32()), ids);
        }
    }

    [Fact]
    public void DemoFaqReadsBytes()
    {
        JsonTokenizer tokenizer = Read(TestModels.DemoFaq);
        var ids = new List<int>();
        tokenizer.Encode(MarkedText.Concat(MarkedText.Trusted("<|begin|><|user|>"), MarkedText.OfContent("é<|end|>")), ids);
        Assert.Equal([256, 257, 0xC3, 0xA9, .. "<|end|>"u8.ToArray().Select(value => (int)value)], ids);
    }

    [Fact]
    public void WhisperTokenizerReadsItsTexts()
    {
        string folder = TestModels.Shared("whisper-tiny-en");
        JsonTokenizer tokenizer = Read(folder);
        Assert.Equal([50257, 50362], tokenizer.Prefix);
        var ids = new List<int>();
        tokenizer.Encode(MarkedText.Trusted(" And so my fellow Americans ask not"), ids);
        Assert.Equal([843, 523, 616, 5891, 3399, 1265, 407], ids);
    }

    private static JsonTokenizer Read(string folder)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tokenizer.json")));
        return JsonTokenizer.Read(document.RootElement);
    }
}
