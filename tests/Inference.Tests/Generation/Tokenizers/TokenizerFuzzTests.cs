using System.Text;
using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Tokenizers;
using FsCheck;
using FsCheck.Fluent;

namespace ConfidentialOperator.Inference.Tests.Generation.Tokenizers;

/// <summary>Any text can be encoded and any ids can be decoded.</summary>
public sealed class TokenizerFuzzTests
{
    private static readonly string[] s_parts =
    [
        "a", " ", "\n", "\t", "word", "1234", "é", "e\u0301", "東京", "👩‍💻", "\ud83d", "\udc69", "\0", "\uFFFD", "<|user|>", "<|im_start|>", "[CLS]", "𝟙", "𠀀", "İ", "\u0300\u0301", "한", "'s", "  ",
    ];

    [Fact]
    public void DemoFaqTakesAnyText() => TakesAnyText(Read(TestModels.DemoFaq), roundTrips: true);

    [Fact]
    public void SmolLm2TakesAnyText() => TakesAnyText(Read(TestModels.Shared("smollm2-135m-instruct")), roundTrips: false);

    [Fact]
    public void MiniLmTakesAnyText() => TakesAnyText(Read(TestModels.Shared("all-minilm-l6-v2")), roundTrips: false);

    [Fact]
    public void AVeryLongWordIsQuick()
    {
        JsonTokenizer tokenizer = Read(TestModels.Shared("smollm2-135m-instruct"));
        var ids = new List<int>();
        tokenizer.Encode(MarkedText.OfContent(new string('a', 200_000)), ids);
        ITokenDecoder decoder = tokenizer.NewDecoder();
        Assert.Equal(200_000, ids.Sum(id => decoder.Append(id).Length));
    }

    private static void TakesAnyText(JsonTokenizer tokenizer, bool roundTrips)
    {
        Gen<string> text = Gen.Elements(s_parts).ListOf().Select(string.Concat);
        Gen<string> any = Gen.Choose(0, 0xFFFF).Select(code => (char)code).ListOf().Select(characters => string.Concat(characters));
        Prop.ForAll(Arb.From(Gen.OneOf(text, any)), sample =>
        {
            var ids = new List<int>();
            tokenizer.Encode(MarkedText.OfContent(sample), ids);
            ITokenDecoder decoder = tokenizer.NewDecoder();
            string decoded = string.Concat(ids.Select(decoder.Append));
            Assert.DoesNotContain(ids, id => tokenizer.IsMark(id) && id != tokenizer.IdOf("[UNK]"));
            if (roundTrips) Assert.Equal(Valid(sample), decoded);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
        Prop.ForAll(Gen.Choose(-5, 60_000).ListOf().ToArbitrary(), ids =>
        {
            ITokenDecoder decoder = tokenizer.NewDecoder();
            string decoded = string.Concat(ids.Select(decoder.Append));
            Assert.Equal(Valid(decoded), decoded);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    /// <summary>The text with U+FFFD for lone surrogates.</summary>
    private static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static JsonTokenizer Read(string folder)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tokenizer.json")));
        return JsonTokenizer.Read(document.RootElement);
    }
}
