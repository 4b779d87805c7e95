namespace ConfidentialOperator.Lab.Tests;

/// <summary>Waits for what happens in the background.</summary>
internal static class Eventually
{
    public static Task<T> Gives<T>(Func<T?> read, string what, int seconds = 20) => GivesAsync(() => Task.FromResult(read()), what, seconds);

    /// <summary>As the other, for what has to be asked.</summary>
    public static async Task<T> GivesAsync<T>(Func<Task<T?>> read, string what, int seconds = 20)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        for (int i = 0; i < seconds * 50; i++)
        {
            if (await read() is { } value && value is not false) return value;
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"{what}: it did not happen within {seconds} seconds.");
    }
}
