using ConfidentialOperator.Inference.Confinement;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Protocol.Secrets;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Inference.Sealing;

/// <summary>The place of the one model: empty, being filled, filled, or refused. A refused model can be tried again with the next key.</summary>
internal sealed class ModelSlot : IDisposable
{
    private const int KeySize = 32;

    private readonly Lock _lock = new();
    private readonly ModelUnsealer _unsealer;
    private readonly ManifestSource _manifest;
    private readonly RuntimeOptions _options;
    private readonly TimeProvider _time;
    private readonly Telemetry _telemetry;
    private readonly ILogger<ModelSlot> _logger;
    private readonly Refusal? _notConfined;
    private volatile Content _content;
    private ByteString? _openedWith;

    public ModelSlot(ModelUnsealer unsealer, ManifestSource manifest, IOptions<RuntimeOptions> options, ConfinementVerdict verdict, TimeProvider time,
        Telemetry telemetry, ILogger<ModelSlot> logger)
    {
        (_unsealer, _manifest, _options, _time, _telemetry, _logger) = (unsealer, manifest, options.Value, time, telemetry, logger);
        _notConfined = verdict.Refusal;
        _content = new Content(_notConfined is null ? InferencePhase.AwaitingKey : InferencePhase.Refused, _notConfined, null, null);
    }

    public InferencePhase Phase => _content.Phase;

    /// <summary>Gets why there is no model; null while nothing was refused.</summary>
    public Refusal? Refusal => _content.Refusal;

    /// <summary>Gets the model; null before it is loaded.</summary>
    public ILoadedModel? Model => _content.Model;

    /// <summary>Gets what is served; null before it is loaded.</summary>
    public ServedModel? Served => _content.Served;

    /// <summary>Gets why no key can be taken at all; null when keys can.</summary>
    public Refusal? RefuseAll => _notConfined;

    /// <summary>Takes a key, which is wiped when it was used, and begins to load. The same key again for a loaded model changes nothing.</summary>
    public Refusal? Offer(SecretKey key)
    {
        Refusal? refusal = Decide(key, out bool load);
        if (load)
        {
            _ = Task.Run(() => Load(key));
        }
        else
        {
            key.Dispose();
        }

        if (refusal is not null)
        {
            _logger.KeyRefused(refusal.Reason);
        }

        return refusal;
    }

    public void Dispose() => Model?.Dispose();

    private Refusal? Decide(SecretKey key, out bool load)
    {
        load = false;
        if (_notConfined is not null)
        {
            return _notConfined;
        }

        if (key.Length != KeySize)
        {
            return new(RefusalReason.ModelKeyWrong, $"A model key has {KeySize} bytes; this one has {key.Length}.");
        }

        lock (_lock)
        {
            if (Phase == InferencePhase.Ready)
            {
                return ByteString.Sha256(key.Span) == _openedWith ? null
                    : new(RefusalReason.ModelKeyWrong, "The model was opened with another key, and stays as it is.");
            }

            load = Phase != InferencePhase.Loading;
            _content = new Content(InferencePhase.Loading, null, null, null);
            return null;
        }
    }

    private void Load(SecretKey key)
    {
        long start = _time.GetTimestamp();
        ILoadedModel? model = null;
        Refusal? refusal;
        ByteString digest = ByteString.Sha256(key.Span);
        try
        {
            using (key)
            {
                _unsealer.TryLoad(key, out model, out refusal);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            refusal = new(RefusalReason.SealedFileMissing, $"The sealed model cannot be read ({exception.GetType().Name}); its folder must be readable.");
        }
        catch (Exception exception)
        {
            refusal = new(RefusalReason.InternalError, $"The model cannot be loaded: {exception.GetType().Name}.");
        }

        Finish(model, digest, refusal, _time.GetElapsedTime(start));
    }

    private void Finish(ILoadedModel? model, ByteString digest, Refusal? refusal, TimeSpan elapsed)
    {
        _telemetry.Loaded(elapsed, refusal?.Reason ?? RefusalReason.None);
        if (model is null || !_manifest.TryRead(out ModelManifest? manifest, out _))
        {
            refusal ??= new(RefusalReason.InternalError, "The model cannot be loaded.");
            _logger.ModelRefused(refusal.Reason, refusal.Message);
            lock (_lock)
            {
                _content = new Content(InferencePhase.Refused, refusal, null, null);
            }

            return;
        }

        lock (_lock)
        {
            _openedWith = digest;
            _content = new Content(InferencePhase.Ready, null, model,
                new ServedModel(_options.Model.Name, manifest.Version, _options.Model.ManifestDigest));
        }

        _logger.ModelLoaded(_options.Model.Name, manifest.Version, (long)elapsed.TotalMilliseconds);
    }

    /// <summary>What is in the slot at one moment; it is exchanged as a whole.</summary>
    private sealed record Content(InferencePhase Phase, Refusal? Refusal, ILoadedModel? Model, ServedModel? Served);
}
