using ConfidentialOperator.KeyBroker.Storage;
using ConfidentialOperator.KeyBroker.Tests.Running;

namespace ConfidentialOperator.KeyBroker.Tests.Storage;

public sealed class PrivateFileTests
{
    internal static void Write(string path, string content)
    {
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite, true)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead, true)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead, false)]
    public void AKeyFileThatEverybodyReadsIsRefused(UnixFileMode mode, bool accepted)
    {
        using var folder = new TemporaryFolder();
        Write(folder["key"], "x");
        File.SetUnixFileMode(folder["key"], mode);
        if (accepted)
        {
            PrivateFile.DemandPrivate(folder["key"]);
        }
        else
        {
            Assert.Throws<InvalidDataException>(() => PrivateFile.DemandPrivate(folder["key"]));
        }
    }

    [Fact]
    public void AMissingKeyFileIsRefused() => Assert.Throws<InvalidDataException>(() => PrivateFile.DemandPrivate("/nonexistent/key"));

    [Fact]
    public async Task ADatabaseOfALaterVersionIsRefused()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        await broker.Services.GetRequiredService<BrokerDatabase>().WriteAsync(
            Durability.Disk, connection => connection.Execute("PRAGMA user_version = 99"), TestContext.Current.CancellationToken);
        InvalidDataException fault = await Assert.ThrowsAsync<InvalidDataException>(broker.StartAgainAsync);
        Assert.Contains("99", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailedTransactionLeavesNothing()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        BrokerDatabase database = broker.Services.GetRequiredService<BrokerDatabase>();
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.WriteAsync<int>(Durability.Disk, connection =>
        {
            connection.Execute("INSERT INTO meta (name, value) VALUES ('half', x'00')");
            throw new InvalidOperationException();
        }, TestContext.Current.CancellationToken));
        Assert.Null(database.Read(connection => connection.Scalar("SELECT value FROM meta WHERE name = 'half'")));
    }
}
