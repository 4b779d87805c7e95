using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Tests.Generation.Decoding;

/// <summary>A real small model in the layout of Optimum, with a tokenizer in the manner of Llama 2 that is made of its vocabulary here.</summary>
public sealed class StoriesTests
{
    private const string Published = """
        Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. She wanted to play with it, but it was too high.
        Lily's mom said, "Lily, let's go to the park." Lily was sad and didn't know what to do. She said, "I want to play with your ball, but I can't find it."
        """;

    [Fact]
    public async Task TheStoryIsThePublishedOne()
    {
        string folder = TestModels.Shared("stories260K");
        using ModelFiles files = Files(folder);
        using ICompletionModel model = LoadedModel.Load<ICompletionModel>(ModelTask.Completions, files);
        var greedy = new GenerationOptions { Temperature = 0, MaxTokens = 130 };
        Assert.True(model.TryComplete("", greedy, out IGeneration? generation, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(1, generation.PromptTokens);
        (string story, _, _) = await generation.ReadAsync();
        Assert.StartsWith(Published[..120], story, StringComparison.Ordinal);
        Assert.StartsWith(story[..Math.Min(story.Length, Published.Length)], Published, StringComparison.Ordinal);

        Assert.True(model.TryComplete("Once upon a time, there was a little girl named Lily.", greedy with { MaxTokens = 20 }, out generation, out refusal), refusal?.ToString());
        Assert.StartsWith((await generation.ReadAsync()).Text, Published["Once upon a time, there was a little girl named Lily.".Length..], StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutATokenizerItIsRefused()
    {
        using ModelFiles files = TestModels.Read(TestModels.Shared("stories260K"));
        Assert.Equal(RefusalReason.TokenizerInvalid, LoadedModel.Refused(ModelTask.Completions, files).Reason);
    }

    private static ModelFiles Files(string folder)
    {
        ModelFiles files = TestModels.Read(folder);
        TestModels.Add(files, "config.json", """{"max_position_embeddings":512,"eos_token_id":[1,2]}"""u8.ToArray());
        TestModels.Add(files, "tokenizer.json", Encoding.UTF8.GetBytes(Tokenizer(Pieces(File.ReadAllBytes(Path.Combine(folder, "tok512.bin")))).ToJsonString()));
        return files;
    }

    /// <summary>After the longest length: for each id a score, a length and the text.</summary>
    private static List<string> Pieces(byte[] file)
    {
        var pieces = new List<string>();
        for (int at = 4; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
            string piece = Encoding.UTF8.GetString(file, at + 8, length);
            pieces.Add(pieces.Count < 259 ? piece.Trim() : piece.Replace(' ', '\u2581'));
            at += 8 + length;
        }

        return pieces;
    }

    private static JsonObject Tokenizer(List<string> pieces)
    {
        var vocabulary = new JsonObject();
        for (int id = 0; id < pieces.Count; id++) vocabulary[id switch { 0 => "<unk>", 1 => "<s>", 2 => "</s>", < 259 => $"<0x{id - 3:X2}>", _ => pieces[id] }] = id;
        var merges = new JsonArray();
        foreach (string piece in pieces.Skip(259))
        {
            for (int at = 1; at < piece.Length; at++)
            {
                if (vocabulary.ContainsKey(piece[..at]) && vocabulary.ContainsKey(piece[at..])) merges.Add(new JsonArray(piece[..at], piece[at..]));
            }
        }

        JsonObject root = JsonNode.Parse("""
            {"normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]},
             "decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]},
             "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>"}},{"Sequence":{"id":"A"}}],"special_tokens":{"<s>":{"ids":[1]}}},
             "added_tokens":[{"id":1,"content":"<s>","special":true},{"id":2,"content":"</s>","special":true}],
             "model":{"type":"BPE","byte_fallback":true,"fuse_unk":true,"unk_token":"<unk>"}}
            """)!.AsObject();
        root["model"]!["vocab"] = vocabulary;
        root["model"]!["merges"] = merges;
        return root;
    }
}
