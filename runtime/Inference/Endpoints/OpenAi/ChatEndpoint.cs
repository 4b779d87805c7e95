using ConfidentialOperator.Inference.Endpoints.Reading;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Endpoints.OpenAi;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal sealed class ChatEndpoint(RuntimeOptions options, TimeProvider time)
{
    private static readonly ChatForm s_form = new();

    public async Task<InnerAnswer> AnswerAsync(ILoadedModel loaded, InnerRequest request, CancellationToken aborted)
    {
        if (!RequestReader.TryRead(request.Content, ChatRequest.Read, out ChatRequest? chat, out RequestFault? fault))
        {
            return ErrorAnswers.OpenAi(fault.Refusal, fault.Field);
        }

        if (ModelChoice.Check(loaded, chat.Model, loaded is IChatModel, "chat") is { } wrong)
        {
            return ErrorAnswers.OpenAi(wrong, "model");
        }

        if (!((IChatModel)loaded).TryChat(chat.Messages, chat.Options, out IGeneration? generation, out Refusal? refusal))
        {
            return ErrorAnswers.OpenAi(refusal, "messages");
        }

        var answer = new GenerationAnswer(s_form, options, time);
        return chat.Stream ? answer.Streamed(generation, chat.IncludeUsage) : await answer.WholeAsync(generation, aborted).ConfigureAwait(false);
    }
}
