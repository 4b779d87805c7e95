using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tests;

/// <summary>A server with the sample definition, and short ways to talk to it over HTTP.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    public KubernetesApi Api { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public const string WidgetPath = "/apis/example.dev/v1alpha1/namespaces/default/widgets";

    public async ValueTask InitializeAsync()
    {
        Api = await KubernetesApi.StartAsync(new KubernetesApiOptions(), TestContext.Current.CancellationToken);
        Client = Api.CreateClient();
        Api.Store.Create(BodyReader.ReadObject(Encoding.UTF8.GetBytes(Samples.Definition)));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Api.DisposeAsync();
    }

    public async Task<(int Code, JsonObject Body, HttpResponseHeaders Headers)> SendAsync(
        string method, string path, string? body = null, string type = "application/json", string? accept = null)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.TryAddWithoutValidation("User-Agent", "tests/1.0");
        using HttpResponseMessage response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        JsonObject parsed = text.StartsWith('{') ? Samples.Parse(text) : new JsonObject { ["text"] = text };
        return ((int)response.StatusCode, parsed, response.Headers);
    }

    public async Task<JsonObject> ExpectAsync(int code, string method, string path, string? body = null, string type = "application/json", string? accept = null)
    {
        (int actual, JsonObject answer, _) = await SendAsync(method, path, body, type, accept);
        Assert.True(code == actual, $"expected {code}, got {actual}: {answer.ToJsonString(Printing.Relaxed)}");
        return answer;
    }

    public Task<JsonObject> ApplyAsync(int code, string name, string manager, string spec, string query = "") => ExpectAsync(
        code, "PATCH", $"{WidgetPath}/{name}?fieldManager={manager}{query}", Samples.Widget(name, spec).ToJsonString(), "application/apply-patch+yaml");
}
