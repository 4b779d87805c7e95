using System.Net;
using ConfidentialOperator.CollateralSupply;
using ConfidentialOperator.CollateralSupply.Bundles;
using ConfidentialOperator.CollateralSupply.Requests;
using ConfidentialOperator.KeyBroker.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.KeyBroker.Tests.Collateral;

/// <summary>A guest that brings no certificate is judged with the broker's own bundle, or with what a vendor's service gives.</summary>
public sealed class BundleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ABundleIsReadWhenItComesAndStaysWhenItIsDamaged()
    {
        await using RunningBroker broker = await Ready.StartAsync(("Collateral:Bundles:0", "bundle.json"));
        await RefusedAsync(broker);
        BundlePath.Write(broker.Folder["bundle.json"], Bundle());
        await AcceptedAsync(broker);
        await File.WriteAllTextAsync(broker.Folder["bundle.json"], "{", Token);
        await AcceptedAsync(broker);
        using HttpClient client = broker.Client();
        Assert.Contains("kbs_collateral_warnings_total{", await client.GetStringAsync("/metrics", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatNoBundleHasIsFetchedOnceAndNoMetricNamesTheChip()
    {
        var asked = new List<string>();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using WebApplication kds = builder.Build();
        kds.Urls.Add("http://127.0.0.1:0");
        Dictionary<string, CollateralItem> items = Bundle().Items.ToDictionary(item => item.Request[(item.Request.IndexOf('/', StringComparison.Ordinal) + 1)..]);
        kds.Run(async context =>
        {
            string path = (context.Request.Path + context.Request.QueryString).TrimStart('/');
            asked.Add(path);
            context.Response.StatusCode = items.ContainsKey(path) ? 200 : 404;
            await context.Response.Body.WriteAsync(items.TryGetValue(path, out CollateralItem? item) ? item.Data.Memory : default);
        });
        await kds.StartAsync(Token);
        await using RunningBroker broker = await Ready.StartAsync(("Collateral:Fetch", "true"), ("Collateral:CacheDirectory", "cache"), ("Collateral:AmdKds", kds.Urls.First()));
        await AcceptedAsync(broker);
        await AcceptedAsync(broker);
        Assert.Single(asked, path => path.Contains("SPL", StringComparison.Ordinal));
        Assert.Single(asked, path => path.EndsWith("/crl", StringComparison.Ordinal));
        await kds.StopAsync(Token);
        await AcceptedAsync(broker);
        using HttpClient client = broker.Client();
        string metrics = await client.GetStringAsync("/metrics", Token);
        Assert.Contains("kbs_collateral_fetches_total{", metrics, StringComparison.Ordinal);
        Assert.Contains("use=\"Hit\"", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain(TestEvidence.Chip.ChipId.ToString()[..16], metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServiceThatDoesNotAnswerHoldsUpNoMoreGuestsThanMayWait()
    {
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using WebApplication kds = builder.Build();
        kds.Urls.Add("http://127.0.0.1:0");
        kds.Run(async context =>
        {
            came.TrySetResult();
            await released.Task;
            context.Response.StatusCode = 404;
        });
        await kds.StartAsync(Token);
        await using RunningBroker broker = await Ready.StartAsync(
            ("Collateral:Fetch", "true"), ("Collateral:CacheDirectory", "cache"), ("Collateral:AmdKds", kds.Urls.First()), ("Collateral:Wait", "00:01:00"), ("Collateral:MostWaiting", "1"));
        Task first = RefusedAsync(broker);
        await came.Task.WaitAsync(Token);
        await RefusedAsync(broker);
        Assert.False(first.IsCompleted);
        released.SetResult();
        await first;
    }

    [Theory]
    [InlineData("Collateral:CacheDirectory", "")]
    [InlineData("Collateral:AmdKds", "http://kds.example")]
    public async Task ABrokerThatCannotFetchAsItIsToldDoesNotStart(string name, string value) =>
        await Assert.ThrowsAsync<InvalidDataException>(() => RunningBroker.StartAsync([("Collateral:Fetch", "true"), .. name == "Collateral:CacheDirectory" ? [] : new[] { ("Collateral:CacheDirectory", "cache") }, (name, value)]));

    private static CollateralBundle Bundle()
    {
        IReadOnlyList<SnpCertificate> certificates = TestEvidence.Chip.Certificates;
        string chain = string.Concat(certificates.Skip(1).Select(certificate => System.Security.Cryptography.PemEncoding.WriteString("CERTIFICATE", certificate.Data.Span) + "\n"));
        SnpProduct product = TestEvidence.Chip.Product;
        return new CollateralBundle(
        [
            Item(AmdRequests.Vcek(product, TestEvidence.Chip.ChipId, TestEvidence.Chip.Tcb), certificates[0].Data),
            Item(AmdRequests.Chain(product), new ByteString(System.Text.Encoding.ASCII.GetBytes(chain))),
        ]);
    }

    private static CollateralItem Item(CollateralRequest request, ByteString data) => new(request.Kind, data, request.Name, "https://kds.example/", DateTimeOffset.FromUnixTimeSeconds(1_773_700_000));

    private static async Task AcceptedAsync(RunningBroker broker)
    {
        using var guest = new TestGuest(broker) { Evidence = evidence => evidence with { Bare = true } };
        await guest.HandshakeAsync();
        await (await guest.ResourceAsync()).AssertTextAsync();
    }

    private static async Task RefusedAsync(RunningBroker broker)
    {
        using var guest = new TestGuest(broker) { Evidence = evidence => evidence with { Bare = true } };
        await (await guest.AuthAsync()).AssertTextAsync();
        await (await guest.AttestAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "ChainUntrusted");
    }
}
