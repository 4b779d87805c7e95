using ConfidentialOperator.Sidecar.KeyFetch;

namespace ConfidentialOperator.Sidecar.Tests.KeyFetch;

public sealed class RetryDelayTests
{
    [Fact]
    public void TheWaitDoublesToItsLimitAndBeginsAnewAfterASuccess()
    {
        var delay = new RetryDelay(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        foreach (int seconds in (int[])[1, 2, 4, 8, 16, 32, 60, 60])
        {
            Assert.InRange(delay.Next(null).TotalSeconds, seconds * 0.75, seconds);
        }

        delay.Reset();
        Assert.InRange(delay.Next(null).TotalSeconds, 0.75, 1);
    }

    [Fact]
    public void TheBrokersWishCountsUpToTheLimit()
    {
        var delay = new RetryDelay(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.Equal(30, delay.Next(TimeSpan.FromSeconds(30)).TotalSeconds);
        Assert.Equal(60, delay.Next(TimeSpan.FromHours(3)).TotalSeconds);
    }

    [Fact]
    public void ReplicasDoNotAskInStep()
    {
        var waits = Enumerable.Range(0, 50).Select(_ => new RetryDelay(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60)).Next(null)).ToHashSet();
        Assert.True(waits.Count > 5);
    }
}
