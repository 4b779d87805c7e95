using ConfidentialOperator.Inference.Endpoints.OpenAi;
using ConfidentialOperator.Inference.Endpoints.OpenInference;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Inference.Sealing;
using ConfidentialOperator.Protocol;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Inference.Endpoints;

/// <summary>Finds the endpoint of an opened request. A segment <c>{m}</c> of a route is the model's name.</summary>
internal sealed class Router
{
    private const string HealthPrefix = "/v2/health/";

    private readonly ModelSlot _slot;
    private readonly string _model;
    private readonly Route[] _routes;

    public Router(ModelSlot slot, IOptions<RuntimeOptions> options, TimeProvider time)
    {
        _slot = slot;
        _model = options.Value.Model.Name;
        var chat = new ChatEndpoint(options.Value, time);
        var completions = new CompletionsEndpoint(options.Value, time);
        var models = new ModelsEndpoint(_model, time);
        _routes =
        [
            new("GET", "/v1/models", (_, _, _) => Task.FromResult(models.List())),
            new("GET", "/v1/models/{m}", (_, _, _) => Task.FromResult(models.One())),
            new("POST", "/v1/chat/completions", chat.AnswerAsync),
            new("POST", "/v1/completions", completions.AnswerAsync),
            new("POST", "/v1/embeddings", EmbeddingsEndpoint.AnswerAsync),
            new("GET", "/v2", (_, _, _) => Task.FromResult(MetadataEndpoints.Server())),
            new("GET", "/v2/health/live", (_, _, _) => Task.FromResult(MetadataEndpoints.Live())),
            new("GET", "/v2/health/ready", (_, _, _) => Task.FromResult(MetadataEndpoints.Ready())),
            new("GET", "/v2/models/{m}", (loaded, _, _) => Task.FromResult(MetadataEndpoints.Model(loaded, Version))),
            new("GET", "/v2/models/{m}/ready", (loaded, _, _) => Task.FromResult(MetadataEndpoints.ModelReady(loaded))),
            new("POST", "/v2/models/{m}/infer", (loaded, request, aborted) => InferEndpoint.AnswerAsync(loaded, Version, request, aborted)),
        ];
    }

    private long Version => _slot.Served?.Version ?? 0;

    /// <summary>Says whether a path needs no caller's key.</summary>
    public static bool IsForEverybody(string path) => path.StartsWith(HealthPrefix, StringComparison.Ordinal);

    /// <summary>Answers a refusal in the shape that goes with a path.</summary>
    public static InnerAnswer Refused(string path, Refusal refusal) => path.StartsWith("/v2", StringComparison.Ordinal)
        ? ErrorAnswers.OpenInference(refusal) : ErrorAnswers.OpenAi(refusal);

    /// <summary>Answers a request.</summary>
    public Task<InnerAnswer> AnswerAsync(InnerRequest request, CancellationToken aborted)
    {
        Route? known = null;
        foreach (Route route in _routes)
        {
            if (!route.Matches(request.Path, out string model))
            {
                continue;
            }

            known = route;
            if (route.Method == request.Head.Method)
            {
                return model.Length > 0 && model != _model ? Refuse(request, NotFound())
                    : _slot.Model is { } loaded ? route.AnswerAsync(loaded, request, aborted)
                    : Refuse(request, new(RefusalReason.ModelNotReady, "The model is not loaded."));
            }
        }

        return Refuse(request, known is null
            ? new(RefusalReason.ResourceNotFound, "There is nothing at this path.")
            : new(RefusalReason.RequestInvalid, $"This path answers {known.Method} only."));
    }

    private Refusal NotFound() => new(RefusalReason.ModelNotFound, $"The model that is asked for is not served here; this guest serves '{_model}'.");

    private static Task<InnerAnswer> Refuse(InnerRequest request, Refusal refusal) => Task.FromResult(Refused(request.Path, refusal));

    private sealed record Route(string Method, string Template, Func<ILoadedModel, InnerRequest, CancellationToken, Task<InnerAnswer>> AnswerAsync)
    {
        private readonly string[] _segments = Template.Split('/');

        public bool Matches(string path, out string model)
        {
            model = "";
            string[] given = path.Split('/');
            if (given.Length != _segments.Length)
            {
                return false;
            }

            for (int i = 0; i < given.Length; i++)
            {
                if (_segments[i] == "{m}")
                {
                    model = Uri.UnescapeDataString(given[i]);
                }
                else if (_segments[i] != given[i])
                {
                    return false;
                }
            }

            return true;
        }
    }
}
