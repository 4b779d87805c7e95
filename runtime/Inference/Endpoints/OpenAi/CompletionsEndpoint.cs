using ConfidentialOperator.Inference.Endpoints.Reading;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Endpoints.OpenAi;

/// <summary><c>POST /v1/completions</c>.</summary>
internal sealed class CompletionsEndpoint(RuntimeOptions options, TimeProvider time)
{
    private static readonly CompletionForm s_form = new();

    public async Task<InnerAnswer> AnswerAsync(ILoadedModel loaded, InnerRequest request, CancellationToken aborted)
    {
        if (!RequestReader.TryRead(request.Content, CompletionRequest.Read, out CompletionRequest? completion, out RequestFault? fault))
        {
            return ErrorAnswers.OpenAi(fault.Refusal, fault.Field);
        }

        if (ModelChoice.Check(loaded, completion.Model, loaded is ICompletionModel, "completions") is { } wrong)
        {
            return ErrorAnswers.OpenAi(wrong, "model");
        }

        if (!((ICompletionModel)loaded).TryComplete(completion.Prompt, completion.Options, out IGeneration? generation, out Refusal? refusal))
        {
            return ErrorAnswers.OpenAi(refusal, "prompt");
        }

        var answer = new GenerationAnswer(s_form, options, time);
        return completion.Stream ? answer.Streamed(generation, completion.IncludeUsage) : await answer.WholeAsync(generation, aborted).ConfigureAwait(false);
    }
}
