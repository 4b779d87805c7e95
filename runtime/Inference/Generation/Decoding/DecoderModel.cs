using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Loading;
using ConfidentialOperator.Inference.Generation.Templates;
using ConfidentialOperator.Inference.Generation.Tokenizers;
using ConfidentialOperator.Protocol;
using Microsoft.ML.OnnxRuntime;

namespace ConfidentialOperator.Inference.Generation.Decoding;

/// <summary>A decoder with its tokenizer; with a chat template it chats too.</summary>
internal sealed class DecoderModel : IChatModel
{
    private readonly ChatTemplate? _template;
    private readonly int _mostPending;
    private int _pending;

    private DecoderModel(string name, DecoderRunner runner, ITokenizer tokenizer, DecoderSettings settings, ChatTemplate? template, ModelLoadOptions options)
    {
        Name = name;
        Runner = runner;
        Tokenizer = tokenizer;
        Settings = settings;
        _template = template;
        Places = new SemaphoreSlim(options.MaxSequences, options.MaxSequences);
        _mostPending = options.MaxSequences + options.MaxWaiting;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Task => _template is null ? ModelTask.Completions : ModelTask.Chat;

    /// <inheritdoc/>
    public int ContextLength => Settings.ContextLength;

    internal DecoderRunner Runner { get; }

    internal ITokenizer Tokenizer { get; }

    internal DecoderSettings Settings { get; }

    internal SemaphoreSlim Places { get; }

    /// <summary>Loads the model; throws <see cref="ModelFormatException"/>.</summary>
    public static DecoderModel Load(string name, ModelFiles files, ModelLoadOptions options, bool chat)
    {
        using JsonDocument? config = ModelJson.Read(files, "config.json", RefusalReason.ModelInvalid);
        using JsonDocument? generation = ModelJson.Read(files, "generation_config.json", RefusalReason.ModelInvalid);
        using JsonDocument? genAi = ModelJson.Read(files, "genai_config.json", RefusalReason.ModelInvalid);
        using JsonDocument? tokens = ModelJson.Read(files, "tokenizer_config.json", RefusalReason.TokenizerInvalid);
        ITokenizer tokenizer = TokenizerFiles.ReadForDecoder(files);
        DecoderSettings settings = DecoderSettings.Read(config?.RootElement, generation?.RootElement, genAi?.RootElement, tokens?.RootElement, tokenizer);
        ChatTemplate? template = chat ? ChatTemplate.Read(files, tokens?.RootElement) : null;
        var names = new DecoderNames(genAi?.RootElement);
        InferenceSession session = OnnxSession.Open(files, names.File is { } file && files.Contains(file) ? file : OnnxSession.FindFile(files), options);
        try
        {
            var runner = new DecoderRunner(session, DecoderContract.Read(session, names, config?.RootElement));
            return new DecoderModel(name, runner, tokenizer, settings, template, options);
        }
        catch (ModelFormatException)
        {
            session.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool TryComplete(
        string prompt, GenerationOptions options, [NotNullWhen(true)] out IGeneration? generation, [NotNullWhen(false)] out Refusal? refusal) =>
        TryStart(Settings.Prefix, MarkedText.Trusted(prompt), continues: prompt.Length > 0, options, out generation, out refusal);

    /// <inheritdoc/>
    public bool TryChat(
        IReadOnlyList<ChatMessage> messages, GenerationOptions options, [NotNullWhen(true)] out IGeneration? generation, [NotNullWhen(false)] out Refusal? refusal)
    {
        generation = null;
        if (_template is null)
        {
            refusal = new Refusal(RefusalReason.RequestInvalid, "The model is served for completions; send the text to /v1/completions.");
            return false;
        }

        return _template.TryRender(messages, out MarkedText? text, out refusal) && TryStart([], text, continues: false, options, out generation, out refusal);
    }

    /// <inheritdoc/>
    public void Dispose() => Runner.Dispose();

    /// <summary>An answer was disposed of: its place in the queue is free.</summary>
    internal void Leave() => Interlocked.Decrement(ref _pending);

    private bool TryStart(
        IReadOnlyList<int> prefix,
        MarkedText text,
        bool continues,
        GenerationOptions options,
        [NotNullWhen(true)] out IGeneration? generation,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        generation = null;
        refusal = GenerationRules.Check(options);
        if (refusal is not null) return false;
        List<int> ids = [.. prefix];
        Tokenizer.Encode(text, ids);
        refusal = GenerationRules.CheckLength(ids.Count, options.MaxTokens, ContextLength) ?? GenerationRules.CheckIds(ids, Runner.Contract.Vocabulary);
        if (refusal is not null) return false;
        if (Interlocked.Increment(ref _pending) > _mostPending)
        {
            Leave();
            refusal = new Refusal(RefusalReason.Overloaded, $"All places are taken and {_mostPending} requests are under way; try again later.");
            return false;
        }

        generation = new DecoderGeneration(this, [.. ids], continues, options);
        return true;
    }
}
