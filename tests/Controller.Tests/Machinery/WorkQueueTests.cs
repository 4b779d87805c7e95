using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Controller.Tests.Fixtures;

namespace ConfidentialOperator.Controller.Tests.Machinery;

public sealed class WorkQueueTests : IDisposable
{
    private static readonly ObjectKey s_one = new("a", "one");
    private static readonly ObjectKey s_two = new("a", "two");
    private static readonly ObjectKey s_three = new("a", "three");
    private readonly ManualTime _time = new();
    private readonly WorkQueue _queue;

    public WorkQueueTests() => _queue = new WorkQueue(_time, new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)), Instruments.Make());

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task AKeyIsQueuedOnce()
    {
        _queue.Add(s_one);
        _queue.Add(s_one);
        Assert.Equal(1, _queue.Depth);
        Assert.Equal(s_one, await Take());
        await IsEmpty();
    }

    [Fact]
    public async Task AKeyInWorkWaitsAndComesBackOnce()
    {
        _queue.Add(s_one);
        await Take();
        _queue.Add(s_one);
        _queue.Add(s_one);
        await IsEmpty();
        _queue.Done(s_one);
        Assert.Equal(s_one, await Take());
        _queue.Done(s_one);
        await IsEmpty();
    }

    [Fact]
    public async Task KeysComeInOrderAndPatientOnesLast()
    {
        _queue.Add(s_one, patient: true);
        _queue.Add(s_two);
        _queue.Add(s_three);
        Assert.Equal([s_two, s_three, s_one], [await Take(), await Take(), await Take()]);
    }

    [Fact]
    public async Task APatientKeyThatBecomesUrgentComesOnce()
    {
        _queue.Add(s_one, patient: true);
        _queue.Add(s_two, patient: true);
        _queue.Add(s_two);
        Assert.Equal([s_two, s_one], [await Take(), await Take()]);
        await IsEmpty();
    }

    [Fact]
    public async Task TheEarlierOfTwoTimesCounts()
    {
        _queue.AddAfter(s_one, TimeSpan.FromSeconds(30));
        _queue.AddAfter(s_one, TimeSpan.FromSeconds(10));
        _queue.AddAfter(s_one, TimeSpan.FromSeconds(20));
        _time.Advance(TimeSpan.FromSeconds(9));
        await IsEmpty();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(s_one, await Take());
        _queue.Done(s_one);
        _time.Advance(TimeSpan.FromSeconds(60));
        await IsEmpty();
    }

    [Fact]
    public async Task ATimeMayBeYearsAway()
    {
        _queue.AddAfter(s_one, TimeSpan.FromDays(20_000));
        _time.Advance(TimeSpan.FromDays(19_999));
        await IsEmpty();
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(s_one, await Take());
    }

    [Fact]
    public async Task FailuresWaitLongerEachTimeUntilForgotten()
    {
        foreach (int seconds in (int[])[1, 2, 4, 8, 16, 32, 60, 60])
        {
            _queue.AddRateLimited(s_one);
            _time.Advance(TimeSpan.FromSeconds(seconds * 0.79));
            await IsEmpty();
            _time.Advance(TimeSpan.FromSeconds(seconds * 0.42));
            Assert.Equal(s_one, await Take());
            _queue.Done(s_one);
        }

        _queue.Forget(s_one);
        _queue.AddRateLimited(s_one);
        _time.Advance(TimeSpan.FromSeconds(1.3));
        Assert.Equal(s_one, await Take());
    }

    [Fact]
    public async Task ManyWorkersNeverHaveOneKeyAtOnceAndNothingIsLost()
    {
        using WorkQueue queue = new(TimeProvider.System, new Backoff(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)), Instruments.Make());
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        int[] busy = new int[16];
        int[] seen = new int[16];
        int[] wanted = new int[16];
        int clashes = 0;
        Task[] workers = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                ObjectKey key = await queue.TakeAsync(stop.Token);
                int index = int.Parse(key.Name);
                clashes += Interlocked.Increment(ref busy[index]) > 1 ? 1 : 0;
                Volatile.Write(ref seen[index], Volatile.Read(ref wanted[index]));
                await Task.Yield();
                Interlocked.Decrement(ref busy[index]);
                queue.Done(key);
            }
        }))];
        for (int round = 1; round <= 2000; round++)
        {
            int index = round % 16;
            Interlocked.Exchange(ref wanted[index], round);
            if (round % 3 == 0) queue.AddAfter(new ObjectKey("", index.ToString()), TimeSpan.FromMilliseconds(round % 5));
            else queue.Add(new ObjectKey("", index.ToString()), patient: round % 2 == 0);
        }

        await Eventually.IsTrue(() => Enumerable.Range(0, 16).All(index => Volatile.Read(ref seen[index]) == Volatile.Read(ref wanted[index])));
        await stop.CancelAsync();
        foreach (Task worker in workers) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => worker);
        Assert.Equal(0, clashes);
    }

    private Task<ObjectKey> Take() => _queue.TakeAsync(TestContext.Current.CancellationToken);

    private async Task IsEmpty()
    {
        using CancellationTokenSource stop = new();
        Task<ObjectKey> taken = _queue.TakeAsync(stop.Token);
        Assert.False(taken.IsCompletedSuccessfully);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taken);
    }
}
