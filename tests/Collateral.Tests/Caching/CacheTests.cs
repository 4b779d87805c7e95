using ConfidentialOperator.CollateralSupply.Caching;
using ConfidentialOperator.CollateralSupply.Requests;
using ConfidentialOperator.CollateralSupply.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.CollateralSupply.Tests.Caching;

/// <summary>What the cache answers by itself, when it asks again, and what it does with a disk that lies.</summary>
public sealed class CacheTests : IDisposable
{
    private static readonly CollateralRequest s_list = AmdRequests.RevocationList(SnpProduct.Milan);
    private static readonly CollateralRequest s_info = IntelRequests.TcbInfo(ByteString.FromHex("90c06f000000"), TcbEdition.Standard);
    private readonly TemporaryFolder _folder = new();
    private readonly InstantTime _time = new();
    private readonly RecordedObserver _observer = new();
    private readonly Source _source;

    public CacheTests() => _source = new Source(_time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AnAnswerIsAskedForOnceAndSurvivesARestart()
    {
        CollateralAnswer first = await TakenAsync(New(), s_list);
        CollateralAnswer second = await TakenAsync(New(), s_list);
        Assert.Equal(1, _source.Asked);
        Assert.Equal(first.Items, second.Items);
        Assert.Equal([CacheUse.Miss, CacheUse.Hit], _observer.Uses);
        Assert.Single(Directory.GetFiles(_folder["sha256"]), file => ByteString.Sha256(File.ReadAllBytes(file)).ToString() == Path.GetFileName(file));
    }

    [Fact]
    public async Task BeyondItsAgeAnAnswerIsAskedForAgainAndNeverUsedWithoutTheService()
    {
        CollateralCache cache = New();
        await TakenAsync(cache, s_list);
        _time.Advance(TimeSpan.FromHours(23));
        await TakenAsync(cache, s_list);
        Assert.Equal(1, _source.Asked);
        _time.Advance(TimeSpan.FromHours(2));
        await TakenAsync(cache, s_list);
        Assert.Equal(2, _source.Asked);
        _time.Advance(TimeSpan.FromHours(25));
        _source.Fails = true;
        Assert.Equal(RefusalReason.CollateralUnavailable, (await GetAsync(cache, s_list)).Refusal?.Reason);
    }

    [Fact]
    public async Task PastItsEndAnAnswerIsUsedOnlyWhenTheServiceGivesNothing()
    {
        _source.Content = Vectors.Bytes("tdx-v5-go-90c06f/collateral/tcb_info.json");
        _time.Advance(new DateTimeOffset(2026, 4, 15, 22, 0, 0, TimeSpan.Zero) - _time.GetUtcNow());
        CollateralCache cache = New();
        await TakenAsync(cache, s_info);
        await TakenAsync(cache, s_info);
        Assert.Equal(1, _source.Asked);
        _time.Advance(TimeSpan.FromMinutes(30));
        await TakenAsync(cache, s_info);
        Assert.Equal(2, _source.Asked);
        _source.Fails = true;
        await TakenAsync(cache, s_info);
        Assert.Equal(CacheUse.Stale, _observer.Uses.Last());
    }

    [Fact]
    public async Task AFetchTimeInTheFutureIsNotBelieved()
    {
        await TakenAsync(New(), s_list);
        _time.Advance(TimeSpan.FromDays(-2));
        await TakenAsync(New(), s_list);
        Assert.Equal(2, _source.Asked);
    }

    [Fact]
    public async Task WhatGotNoAnswerIsAskedForAgainOnlyAfterMinutes()
    {
        CollateralCache cache = New();
        _source.Fails = true;
        Assert.Equal(RefusalReason.CollateralUnavailable, (await GetAsync(cache, s_list)).Refusal?.Reason);
        _source.Fails = false;
        _time.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal("The service is down.", (await GetAsync(cache, s_list)).Refusal?.Message);
        await TakenAsync(cache, s_info);
        Assert.Equal(2, _source.Asked);
        _time.Advance(TimeSpan.FromSeconds(2));
        await TakenAsync(cache, s_list);
        await TakenAsync(cache, s_list);
        Assert.Equal(3, _source.Asked);
    }

    [Fact]
    public async Task AClockThatWasSetBackDoesNotKeepARefusal()
    {
        CollateralCache cache = New();
        _source.Fails = true;
        await GetAsync(cache, s_list);
        _source.Fails = false;
        _time.Advance(TimeSpan.FromHours(-1));
        await TakenAsync(cache, s_list);
    }

    [Fact]
    public async Task NoMoreRefusalsAreKeptThanTheLimit()
    {
        var cache = new CollateralCache(_source, _folder.Path, new CacheOptions { MostRefusals = 3 }, _time, _observer);
        _source.Fails = true;
        foreach (int at in (int[])[0, 1, 2, 3, 3, 2, 1])
        {
            await GetAsync(cache, Chip(at));
        }

        Assert.Equal(4, _source.Asked);
        await GetAsync(cache, Chip(0));
        Assert.Equal(5, _source.Asked);
        await GetAsync(cache, Chip(1));
        Assert.Equal(6, _source.Asked);
    }

    [Fact]
    public async Task AnAnswerPastItsEndIsUsedAtOnceWhileTheServiceIsDown()
    {
        _source.Content = Vectors.Bytes("tdx-v5-go-90c06f/collateral/tcb_info.json");
        _time.Advance(new DateTimeOffset(2026, 4, 15, 22, 0, 0, TimeSpan.Zero) - _time.GetUtcNow());
        CollateralCache cache = New();
        await TakenAsync(cache, s_info);
        _time.Advance(TimeSpan.FromMinutes(30));
        _source.Fails = true;
        await TakenAsync(cache, s_info);
        await TakenAsync(cache, s_info);
        Assert.Equal(2, _source.Asked);
    }

    [Theory]
    [InlineData("requests", StoreWarning.RecordMalformed)]
    [InlineData("sha256", StoreWarning.ContentDamaged)]
    public async Task DamageIsNamedAndAskedForAgain(string folder, StoreWarning warning)
    {
        await TakenAsync(New(), s_list);
        string file = Assert.Single(Directory.GetFiles(_folder[folder]));
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        await TakenAsync(New(), s_list);
        Assert.Equal(2, _source.Asked);
        Assert.Equal(warning, Assert.Single(_observer.Warnings));
        await TakenAsync(New(), s_list);
        Assert.Equal(2, _source.Asked);
    }

    [Fact]
    public async Task ARecordOfAnotherRequestIsNotUsed()
    {
        await TakenAsync(New(), s_list);
        string list = Assert.Single(Directory.GetFiles(_folder["requests"]));
        await TakenAsync(New(), AmdRequests.RevocationList(SnpProduct.Genoa));
        string other = Assert.Single(Directory.GetFiles(_folder["requests"]), file => file != list);
        File.Copy(other, list, overwrite: true);
        await TakenAsync(New(), s_list);
        Assert.Equal(3, _source.Asked);
        Assert.Equal([StoreWarning.RecordMalformed], _observer.Warnings);
    }

    [Fact]
    public async Task AskersAtTheSameTimeShareOneQuestion()
    {
        CollateralCache cache = New();
        using var release = new SemaphoreSlim(0);
        _source.Gate = release;
        Task<Outcome<CollateralAnswer>>[] asked = [.. Enumerable.Range(0, 20).Select(_ => GetAsync(cache, s_list))];
        using var impatient = new CancellationTokenSource();
        Task<Outcome<CollateralAnswer>> given = cache.GetAsync(s_list, impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        release.Release();
        Assert.All(await Task.WhenAll(asked), outcome => Assert.True(outcome.Accepted));
        Assert.Equal(1, _source.Asked);
    }

    [Fact]
    public async Task TheOldestGoWhenThereIsNoRoom()
    {
        _source.Content = new byte[3000];
        var cache = new CollateralCache(_source, _folder.Path, new CacheOptions { MostBytes = 10_000 }, _time, _observer);
        for (int at = 0; at < 8; at++)
        {
            _source.Content = [.. Enumerable.Repeat((byte)at, 3000)];
            await TakenAsync(cache, Chip(at));
            File.SetLastWriteTimeUtc(Directory.GetFiles(_folder["requests"]).MaxBy(File.GetLastWriteTimeUtc)!, DateTime.UnixEpoch.AddYears(50).AddMinutes(at));
        }

        Assert.InRange(Directory.GetFiles(_folder["sha256"]).Sum(file => new FileInfo(file).Length), 3000, 10_000);
        await TakenAsync(cache, Chip(7));
        Assert.Equal(8, _source.Asked);
        await TakenAsync(cache, Chip(0));
        Assert.Equal(9, _source.Asked);
    }

    [Fact]
    public async Task ADiskThatCannotBeWrittenIsNoReasonToRefuse()
    {
        CollateralCache cache = New();
        Directory.Delete(_folder["sha256"]);
        File.WriteAllText(_folder["sha256"], "");
        await TakenAsync(cache, s_list);
        Assert.Contains(StoreWarning.DiskUnavailable, _observer.Warnings);
    }

    private static CollateralRequest Chip(int at) => AmdRequests.Vcek(SnpProduct.Genoa, new ByteString([.. Enumerable.Repeat((byte)at, 64)]), new SnpTcb(0, 1, 2, 3, 4));

    private CollateralCache New() => new(_source, _folder.Path, new CacheOptions(), _time, _observer);

    private static Task<Outcome<CollateralAnswer>> GetAsync(CollateralCache cache, CollateralRequest request) => cache.GetAsync(request, TestContext.Current.CancellationToken);

    private static async Task<CollateralAnswer> TakenAsync(CollateralCache cache, CollateralRequest request)
    {
        Outcome<CollateralAnswer> outcome = await GetAsync(cache, request);
        Assert.Null(outcome.Refusal);
        return outcome.Value!;
    }

    private sealed class Source(TimeProvider time) : ICollateralSource
    {
        public byte[] Content { get; set; } = [1, 2, 3];

        public bool Fails { get; set; }

        public int Asked { get; private set; }

        public SemaphoreSlim? Gate { get; set; }

        public async Task<Outcome<CollateralAnswer>> GetAsync(CollateralRequest request, CancellationToken cancellationToken)
        {
            Asked++;
            if (Gate is not null)
            {
                await Gate.WaitAsync(cancellationToken);
            }

            var whole = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
            return Fails ? new Refusal(RefusalReason.CollateralUnavailable, "The service is down.")
                : new CollateralAnswer([new CollateralItem(request.Kind, new ByteString(Content), request.Name, "https://service.example/", whole)]);
        }
    }
}
