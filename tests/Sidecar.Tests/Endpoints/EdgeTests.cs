using System.Net;
using System.Net.Sockets;
using System.Text;
using ConfidentialOperator.Sidecar.Endpoints;
using ConfidentialOperator.Sidecar.Tests.Running;

namespace ConfidentialOperator.Sidecar.Tests.Endpoints;

public sealed class EdgeTests
{
    [Theory]
    [InlineData("POST", "/v1/chat/completions")]
    [InlineData("POST", "/v1/embeddings")]
    [InlineData("GET", "/v1/models")]
    [InlineData("POST", "/v1/status")]
    [InlineData("PUT", "/v1/refresh")]
    [InlineData("GET", "/v1")]
    [InlineData("GET", "/v2")]
    [InlineData("GET", "/v2/models/triage-notes")]
    [InlineData("POST", "/v2/models/triage-notes/infer")]
    public async Task WhatIsNotSealedIsSentToTheGateway(string method, string path)
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using HttpResponseMessage response = await sidecar.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var problem = await response.AssertProblemAsync(HttpStatusCode.UpgradeRequired, "SealingRequired");
        Assert.Contains("/.well-known/ohttp-gateway", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("OHTTP", string.Join(",", response.Headers.GetValues("Upgrade")));
        Assert.Equal(0, sidecar.Inference.Connections);
    }

    [Fact]
    public async Task NothingOfAnUnsealedBodyIsWaitedFor()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(sidecar.Ports.Http, TestContext.Current.CancellationToken);
        await using NetworkStream stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{\"prompt\":"),
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        string? line = await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal("HTTP/1.1 426 Upgrade Required", line);
    }

    [Fact]
    public async Task WhoSendsALargeUnsealedBodyGetsToReadTheAnswer()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartAsync();
        using HttpResponseMessage response = await sidecar.Client.PostAsync("/v1/chat/completions", new ByteArrayContent(new byte[3_000_000]),
            TestContext.Current.CancellationToken);
        await response.AssertProblemAsync(HttpStatusCode.UpgradeRequired, "SealingRequired");
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "20010db800010002")]
    public void AnIpv6CustomerIsOneSource(string address, string expected) => Assert.Equal(expected, RequestLimits.Source(IPAddress.Parse(address)));
}
