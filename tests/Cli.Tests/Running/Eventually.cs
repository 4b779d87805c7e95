namespace ConfidentialOperator.Cli.Tests.Running;

internal static class Eventually
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits for a condition; the test fails when it never holds.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_longest);
        while (!await condition())
        {
            await Task.Delay(s_pause, limit.Token);
        }
    }
}
