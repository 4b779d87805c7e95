using System.Net;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Tests.Running;

/// <summary>What answers in clear must look like.</summary>
internal static class Answers
{
    public static async Task AssertAsync(HttpStatusCode expected, HttpResponseMessage answer)
    {
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == answer.StatusCode, $"{(int)answer.StatusCode} instead of {(int)expected}: {text}");
    }

    /// <summary>Demands a problem document with this reason, and returns it.</summary>
    public static async Task<JsonObject> AssertProblemAsync(HttpStatusCode expected, RefusalReason reason, HttpResponseMessage answer)
    {
        await AssertAsync(expected, answer);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        JsonObject problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();
        Assert.Equal(reason.ToString(), (string?)problem["reason"]);
        Assert.Equal((int)expected, (int)problem["status"]!);
        Assert.NotEmpty((string)problem["detail"]!);
        return problem;
    }
}
