using ConfidentialOperator.CollateralSupply.Fetching;
using ConfidentialOperator.CollateralSupply.Requests;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.CollateralSupply.Tests.Fetching;

/// <summary>Services that are overloaded, slow, broken or not what they say: each is a refusal with a reason, and each is asked again only where that can help.</summary>
public sealed class FaultTests : FetcherFixture
{
    private const string Path = "/kds/vcek/v1/Genoa/crl";
    private static readonly CollateralRequest s_request = AmdRequests.RevocationList(SnpProduct.Genoa);
    private static readonly byte[] s_der = [0x30, 0x03, 0x02, 0x01, 0x05];

    [Fact]
    public async Task AnOverloadedServiceIsAskedAgainWhenItSays()
    {
        Services.Serve(Path, s_der, "application/pkix-crl");
        Services.FailWith(429, "7");
        Assert.Single(await TakenAsync(s_request));
        Assert.Equal(2, Services.Requests.Count);
        Assert.Equal([TimeSpan.FromSeconds(7)], Time.Waits);
    }

    [Fact]
    public async Task ATimeToComeBackMayBeADate()
    {
        Services.Serve(Path, s_der, "application/pkix-crl");
        Services.FailWith(503, (Time.GetUtcNow() + TimeSpan.FromSeconds(9)).ToString("R"));
        Assert.Single(await TakenAsync(s_request));
        Assert.Equal([TimeSpan.FromSeconds(9)], Time.Waits);
    }

    [Fact]
    public async Task WithoutATimeTheWaitsDouble()
    {
        foreach (int status in (int[])[500, 429, 502])
        {
            Services.FailWith(status);
        }

        Assert.Equal(RefusalReason.CollateralUnavailable, (await RefusedAsync(s_request)).Reason);
        Assert.Equal(3, Services.Requests.Count);
        Assert.InRange(Time.Waits[0].TotalSeconds, 1, 1.25);
        Assert.InRange(Time.Waits[1].TotalSeconds, 2, 2.5);
        Assert.Equal((CollateralOrigin.AmdKds, (RefusalReason?)RefusalReason.CollateralUnavailable), Assert.Single(Observer.Fetches));
    }

    [Fact]
    public async Task AServiceThatAsksForALongRestIsLeftAlone()
    {
        Services.Serve(Path, s_der, "application/pkix-crl");
        Services.FailWith(429, "3600");
        Assert.Equal(RefusalReason.RateLimited, (await RefusedAsync(s_request)).Reason);
        Assert.Equal(RefusalReason.RateLimited, (await RefusedAsync(s_request)).Reason);
        Assert.Single(Services.Requests);
        Assert.Empty(Time.Waits);
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Single(await TakenAsync(s_request));
    }

    [Fact]
    public async Task AServiceThatFailedEveryAttemptIsNotWaitedForAgainForMinutes()
    {
        CollateralRequest other = AmdRequests.RevocationList(SnpProduct.Milan);
        Services.Serve("/kds/vcek/v1/Milan/crl", s_der, "application/pkix-crl");
        for (int at = 0; at < 3; at++)
        {
            Services.FailWith(500);
        }

        Refusal first = await RefusedAsync(s_request);
        Assert.Equal(first, await RefusedAsync(s_request));
        Assert.Equal(first, await RefusedAsync(other));
        Assert.Equal((3, 2), (Services.Requests.Count, Time.Waits.Count));
        Time.Advance(TimeSpan.FromSeconds(121));
        Services.FailWith(500);
        await RefusedAsync(other);
        Assert.Equal(4, Services.Requests.Count);
        Time.Advance(TimeSpan.FromSeconds(121));
        Assert.Single(await TakenAsync(other));
    }

    [Fact]
    public async Task ManyAskersTogetherDoNotWaitForEachOthersAttempts()
    {
        for (int at = 0; at < 40; at++)
        {
            Services.FailWith(502);
        }

        await Task.WhenAll(Enumerable.Range(0, 12).Select(at => RefusedAsync(at % 2 == 0 ? s_request : AmdRequests.RevocationList(SnpProduct.Milan))));
        Assert.Equal(3, Services.Requests.Count);
    }

    [Fact]
    public async Task AClockThatWasSetBackOpensTheDoor()
    {
        Services.Serve(Path, s_der, "application/pkix-crl");
        for (int at = 0; at < 3; at++)
        {
            Services.FailWith(500);
        }

        using CollateralFetcher fetcher = New(new FetchLimits { Attempts = 3, LongestWait = TimeSpan.FromDays(2) });
        Assert.False((await fetcher.GetAsync(s_request, TestContext.Current.CancellationToken)).Accepted);
        Time.Advance(TimeSpan.FromDays(-1));
        Assert.True((await fetcher.GetAsync(s_request, TestContext.Current.CancellationToken)).Accepted);
    }

    [Fact]
    public async Task WhatOneServiceLacksClosesNoDoor()
    {
        Services.Serve(Path, s_der, "application/pkix-crl");
        for (int at = 0; at < 4; at++)
        {
            Services.FailWith(404);
            await RefusedAsync(s_request);
        }

        Assert.Single(await TakenAsync(s_request));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(400)]
    [InlineData(410)]
    public async Task WhatTheServiceDoesNotHaveIsNotAskedForAgain(int status)
    {
        Services.FailWith(status);
        Assert.Equal(RefusalReason.CollateralUnavailable, (await RefusedAsync(s_request)).Reason);
        Assert.Single(Services.Requests);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(308)]
    public async Task NoRedirectIsFollowed(int status)
    {
        Services.Serve(Path, s_der, "application/pkix-crl");
        Services.Fail(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = Path;
            return Task.CompletedTask;
        });
        Assert.Equal(RefusalReason.Unsupported, (await RefusedAsync(s_request)).Reason);
        Assert.Single(Services.Requests);
    }

    [Fact]
    public async Task ASlowServiceIsGivenUp()
    {
        using var released = new CancellationTokenSource();
        for (int at = 0; at < 2; at++)
        {
            Services.Fail(context => Task.Delay(Timeout.Infinite, CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, released.Token).Token)
                .ContinueWith(_ => { }, TaskScheduler.Default));
        }

        using CollateralFetcher fetcher = New(new FetchLimits { Attempts = 2, Attempt = TimeSpan.FromMilliseconds(300) });
        Outcome<CollateralAnswer> outcome = await fetcher.GetAsync(s_request, TestContext.Current.CancellationToken);
        Assert.Equal(RefusalReason.CollateralUnavailable, outcome.Refusal?.Reason);
        Assert.Equal(2, Services.Requests.Count);
        await released.CancelAsync();
    }

    [Fact]
    public async Task AnAskerWhoGivesUpIsNotRefusedButEnded()
    {
        using var patience = new CancellationTokenSource();
        Services.Fail(async context =>
        {
            await patience.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Fetcher.GetAsync(s_request, patience.Token));
    }

    [Fact]
    public async Task ABodyThatIsCutIsAskedForAgain()
    {
        Services.Serve(Path, s_der, "application/pkix-crl");
        Services.Fail(async context =>
        {
            context.Response.ContentType = "application/pkix-crl";
            context.Response.ContentLength = 100;
            await context.Response.Body.WriteAsync(s_der);
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        Assert.Single(await TakenAsync(s_request));
        Assert.Equal(2, Services.Requests.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnAnswerOfMoreThanTheLimitIsRefused(bool withLength)
    {
        Services.Fail(async context =>
        {
            context.Response.ContentType = "application/pkix-crl";
            byte[] body = new byte[CollateralItem.Longest + 1];
            context.Response.ContentLength = withLength ? body.Length : null;
            await context.Response.Body.WriteAsync(body);
        });
        Assert.Equal(RefusalReason.TooLarge, (await RefusedAsync(s_request)).Reason);
        Assert.Single(Services.Requests);
    }

    [Theory]
    [InlineData("text/html", RefusalReason.Unsupported)]
    [InlineData("application/json", RefusalReason.Unsupported)]
    [InlineData("application/pkix-crl", RefusalReason.Malformed)]
    public async Task AnotherTypeOrAnotherContentIsRefused(string type, RefusalReason reason)
    {
        Services.Serve(Path, "<html>sign in</html>"u8.ToArray(), type);
        Assert.Equal(reason, (await RefusedAsync(s_request)).Reason);
    }

    [Fact]
    public async Task APackedAnswerIsRefused()
    {
        Services.Fail(async context =>
        {
            context.Response.ContentType = "application/pkix-crl";
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(s_der);
        });
        Assert.Equal(RefusalReason.Unsupported, (await RefusedAsync(s_request)).Reason);
    }

    [Fact]
    public async Task DerWithAByteTooManyIsRefused()
    {
        Services.Serve(Path, [.. s_der, 0], "application/pkix-crl");
        Assert.Equal(RefusalReason.Malformed, (await RefusedAsync(s_request)).Reason);
    }

    [Fact]
    public async Task AHostIsAskedOneThingAtATime()
    {
        Services.Serve(Path, s_der, "application/pkix-crl");
        Services.Serve("/kds/vcek/v1/Milan/crl", s_der, "application/pkix-crl");
        await Task.WhenAll(Enumerable.Range(0, 12).Select(at => TakenAsync(AmdRequests.RevocationList(at % 2 == 0 ? SnpProduct.Genoa : SnpProduct.Milan))));
        Assert.Equal(12, Services.Requests.Count);
        Assert.Equal(1, Services.MostAtOnce);
    }

    [Fact]
    public async Task AServiceThatIsNotThereIsARefusal()
    {
        CollateralEndpoints endpoints = Endpoints;
        await Services.DisposeAsync();
        using var http = new HttpClient(CollateralFetcher.CreateHandler());
        using var fetcher = new CollateralFetcher(http, endpoints, new FetchLimits { Attempts = 2 }, Time, Observer);
        Outcome<CollateralAnswer> outcome = await fetcher.GetAsync(s_request, TestContext.Current.CancellationToken);
        Assert.Equal(RefusalReason.CollateralUnavailable, outcome.Refusal?.Reason);
    }

    [Theory]
    [InlineData("https://kds.example", true)]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://localhost/kds", true)]
    [InlineData("http://kds.example", false)]
    [InlineData("https://user:word@kds.example", false)]
    [InlineData("https://kds.example/?a=b", false)]
    [InlineData("ftp://127.0.0.1/", false)]
    public void OnlyHttpsIsUsedExceptOnTheLoopbackInterface(string address, bool accepted)
    {
        var endpoints = new CollateralEndpoints { AmdKds = new Uri(address) };
        Assert.Equal(accepted, endpoints.Check() is null);
        using var http = new HttpClient(CollateralFetcher.CreateHandler());
        if (!accepted)
        {
            Assert.Throws<ArgumentException>(() => new CollateralFetcher(http, endpoints, new FetchLimits(), Time, Observer));
        }
    }

    [Fact]
    public void TheUsualAddressesAreHttps() => Assert.Null(new CollateralEndpoints().Check());
}
