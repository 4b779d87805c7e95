using System.Net;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Sidecar.Evidence;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ConfidentialOperator.Sidecar.Tests.Evidence;

/// <summary>A guest API that answers something else than evidence over our question.</summary>
public sealed class GuestApiTests
{
    private static readonly ByteString s_question = new(new byte[64]);

    [Theory]
    [InlineData(404, "", "agent.guest_components_rest_api=all")]
    [InlineData(500, "fault", "answered 500")]
    [InlineData(200, "not json", "not a JSON object")]
    [InlineData(200, "[]", "not a JSON object")]
    public async Task WhatIsNotEvidenceIsRefused(int status, string body, string expected)
    {
        EvidenceOutcome outcome = await AskAsync(status, body, TeeKind.Snp);
        Assert.Equal(RefusalReason.EvidenceUnavailable, outcome.Refusal!.Reason);
        Assert.Contains(expected, outcome.Refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReportOverOtherDataIsRefused()
    {
        byte[] report = new byte[SnpEvidence.ReportSize];
        report[0x50] = 1;
        string json = System.Text.Encoding.UTF8.GetString(new SnpEvidence { Report = new ByteString(report) }.ToJson());
        Assert.Contains("other data", (await AskAsync(200, json, TeeKind.Snp)).Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EvidenceOfAnotherKindPassesUnread()
    {
        EvidenceOutcome outcome = await AskAsync(200, """{"quote":"BAACAIE="}""", TeeKind.Tdx);
        Assert.Null(outcome.Refusal);
        Assert.Equal("", outcome.Measurement);
        Assert.Equal("""{"quote":"BAACAIE="}"""u8.ToArray(), outcome.Json.ToArray());
    }

    private static async Task<EvidenceOutcome> AskAsync(int status, string body, TeeKind tee)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using WebApplication application = builder.Build();
        application.MapGet("/aa/evidence", context =>
        {
            Assert.Equal(new string('A', 86), context.Request.Query["runtime_data"]);
            Assert.Equal("base64", context.Request.Query["encoding"]);
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        });
        await application.StartAsync(TestContext.Current.CancellationToken);
        var address = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        using var source = new GuestApiSource(address, tee, TimeSpan.FromSeconds(30));
        return await source.GetAsync(s_question, TestContext.Current.CancellationToken);
    }
}
