using System.Text;

namespace ConfidentialOperator.Client.Tests.Running;

internal static class Requests
{
    public static HttpRequestMessage Chat(string prompt, bool stream = false, string? key = null)
    {
        string body = $$"""{"model":"triage-notes","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"{{prompt}}"}]}""";
        var request = new HttpRequestMessage(HttpMethod.Post, "http://model.invalid/v1/chat/completions")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (key is not null)
        {
            request.Headers.Authorization = new("Bearer", key);
        }

        return request;
    }

    public static async Task<string> TextAsync(this SendResult result)
    {
        Assert.True(result.Answered, result.Refusal?.ToString());
        using HttpResponseMessage response = result.Response;
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
