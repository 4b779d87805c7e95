namespace ConfidentialOperator.Sidecar.Tests.Running;

/// <summary>Waits for a condition, with a limit that only a fault reaches.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    public static async Task<T> GetAsync<T>(Func<Task<T>> look, Func<T, bool> holds, string what)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_limit);
        T last = default!;
        while (!limit.IsCancellationRequested)
        {
            last = await look();
            if (holds(last))
            {
                return last;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"{what} did not come true. Last: {last}");
    }

    public static Task HoldsAsync(Func<bool> holds, string what) => GetAsync(() => Task.FromResult(holds()), value => value, what);
}
