namespace ConfidentialOperator.Lab.Tests;

/// <summary>Waits for what happens in the background.</summary>
internal static class Eventually
{
    public static async Task<T> Gives<T>(Func<T?> read, string what, int seconds = 20)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        for (int i = 0; i < seconds * 50; i++)
        {
            if (read() is { } value && value is not false) return value;
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"{what}: it did not happen within {seconds} seconds.");
    }
}
