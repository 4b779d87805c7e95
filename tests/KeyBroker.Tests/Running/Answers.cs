using System.Net;
using System.Text.Json;

namespace ConfidentialOperator.KeyBroker.Tests.Running;

internal static class Answers
{
    /// <summary>Asserts that an answer is a problem document with this status and reason; returns its detail.</summary>
    public static async Task<string> AssertProblemAsync(this HttpResponseMessage response, HttpStatusCode status, string reason)
    {
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using JsonDocument document = JsonDocument.Parse(text);
        Assert.Equal(reason, document.RootElement.GetProperty("reason").GetString());
        Assert.Equal((int)status, document.RootElement.GetProperty("status").GetInt32());
        return document.RootElement.GetProperty("detail").GetString()!;
    }

    public static async Task<string> AssertTextAsync(this HttpResponseMessage response, HttpStatusCode status = HttpStatusCode.OK)
    {
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
        return text;
    }
}
