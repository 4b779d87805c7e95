using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tests;

/// <summary>Reads a watch line by line.</summary>
internal sealed class WatchReader : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private WatchReader(HttpResponseMessage response, Stream stream)
    {
        _response = response;
        _reader = new StreamReader(stream);
    }

    public static async Task<WatchReader> OpenAsync(ApiFixture fixture, string path)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        HttpResponseMessage response = await fixture.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, token);
        response.EnsureSuccessStatusCode();
        return new WatchReader(response, await response.Content.ReadAsStreamAsync(token));
    }

    public async Task<JsonObject?> ReadAsync()
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        return await _reader.ReadLineAsync(limit.Token) is { } line ? Samples.Parse(line) : null;
    }

    public async Task<(string? Type, string? Name)> NextAsync()
    {
        JsonObject? item = await ReadAsync();
        return (item.Text("type"), item.Text("object", "metadata", "name"));
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}
