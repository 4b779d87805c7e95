using System.Net;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Client.Sealing;

/// <summary>Makes an ordinary response of what came out of the channel.</summary>
internal static class InnerResponse
{
    public static HttpResponseMessage Make(OpenedResponse opened, ClientExchange exchange, HttpResponseMessage outer)
    {
        var response = new HttpResponseMessage((HttpStatusCode)opened.Response.Status)
        {
            Version = HttpVersion.Version11,
            Content = new StreamContent(new AnswerStream(opened, exchange, outer)),
        };
        foreach (HeaderField field in opened.Response.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(field.Name, field.Value))
            {
                response.Content.Headers.TryAddWithoutValidation(field.Name, field.Value);
            }
        }

        return response;
    }
}
