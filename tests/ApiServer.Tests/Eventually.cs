namespace ConfidentialOperator.ApiServer.Tests;

/// <summary>Waits for what happens in the background.</summary>
internal static class Eventually
{
    public static async Task IsTrue(Func<bool> condition)
    {
        for (int i = 0; i < 500; i++)
        {
            if (condition()) return;
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Fail("It did not happen within five seconds.");
    }
}
