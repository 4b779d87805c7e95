using System.Net;
using System.Text.Json;

namespace ConfidentialOperator.Sidecar.Tests.Running;

internal static class Answers
{
    /// <summary>Asserts that an answer is a problem document with this status and reason; returns it.</summary>
    public static async Task<JsonElement> AssertProblemAsync(this HttpResponseMessage response, HttpStatusCode status, string reason)
    {
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        JsonElement problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(reason, problem.GetProperty("reason").GetString());
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        return problem;
    }

    /// <summary>
    /// Asks until an answer says that it was too much, and returns that one. Whatever the time, a window ends at most once in between, so twice the
    /// limit and one more is enough.
    /// </summary>
    public static async Task<HttpResponseMessage> UntilLimitedAsync(int limit, Func<Task<HttpResponseMessage>> ask)
    {
        HttpResponseMessage response = await ask();
        Assert.True(response.IsSuccessStatusCode, "The first answer must be a success.");
        for (int i = 0; i < 2 * limit && response.IsSuccessStatusCode; i++)
        {
            response.Dispose();
            response = await ask();
        }

        return response;
    }
}
