using System.Text;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.Models.DemoFaq;

/// <summary>The tokens of demo-faq: 256 bytes and four marks, and the Hugging Face files that say so.</summary>
internal static class ByteTokenizer
{
    /// <summary>Begin of text.</summary>
    public const int Begin = 256;

    /// <summary>Begin of what the user says.</summary>
    public const int User = 257;

    /// <summary>Begin of the answer.</summary>
    public const int Assistant = 258;

    /// <summary>End of the answer.</summary>
    public const int End = 259;

    private static readonly string[] s_marks = ["<|begin|>", "<|user|>", "<|assistant|>", "<|end|>"];

    /// <summary>Gives the tokens of one question, up to the place where the answer starts.</summary>
    public static long[] Prompt(string question) => [Begin, User, .. Encoding.UTF8.GetBytes(question).Select(value => (long)value), Assistant];

    /// <summary>Gives the tokenizer.json: byte-level BPE without merges.</summary>
    public static JsonObject Tokenizer()
    {
        JsonObject vocabulary = [];
        string[] characters = ByteCharacters();
        for (int value = 0; value < characters.Length; value++) vocabulary[characters[value]] = value;
        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. s_marks.Select((mark, index) => Added(mark, Begin + index))]),
            ["normalizer"] = null,
            ["pre_tokenizer"] = ByteLevel(),
            ["post_processor"] = null,
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = false,
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray(),
            },
        };
    }

    /// <summary>Gives the tokenizer_config.json with the chat template: the model knows single questions, so only the last one is rendered.</summary>
    public static JsonObject Configuration() => new()
    {
        ["tokenizer_class"] = "PreTrainedTokenizerFast",
        ["add_bos_token"] = false,
        ["add_prefix_space"] = false,
        ["bos_token"] = s_marks[0],
        ["eos_token"] = s_marks[3],
        ["model_max_length"] = 512,
        ["clean_up_tokenization_spaces"] = false,
        ["chat_template"] =
            "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' and loop.last %}"
            + "<|user|>{{ message['content'] }}{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}",
    };

    /// <summary>GPT-2's mapping: a printable byte is itself, each other byte is the next character from U+0100.</summary>
    private static string[] ByteCharacters()
    {
        int next = 0x100;
        return [.. Enumerable.Range(0, 256).Select(value => ((char)(IsPrintable(value) ? value : next++)).ToString())];
    }

    private static bool IsPrintable(int value) => value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);

    private static JsonObject ByteLevel() => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = false,
        ["trim_offsets"] = false,
        ["use_regex"] = false,
    };

    private static JsonObject Added(string mark, int id) => new()
    {
        ["id"] = id,
        ["content"] = mark,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };
}
