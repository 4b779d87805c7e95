using System.Net;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.KeyBroker.Audit;
using ConfidentialOperator.KeyBroker.Keys;
using ConfidentialOperator.KeyBroker.Storage;
using ConfidentialOperator.KeyBroker.Tests.Running;
using ConfidentialOperator.Protocol.Audit;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.KeyBroker.Tests.Keys;

public sealed class SqliteKeyStoreTests
{
    private const string Path = "/kbs/v0/resource/clinic/triage-notes/v3";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AStoredKeyIsInNoFileOfTheDatabaseAndSurvivesARestart()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        byte[] secret = Encoding.ASCII.GetBytes("a-secret-of-32-bytes-exactly-000");
        using (HttpClient owner = broker.Client(owner: true))
        {
            await (await owner.PostAsync(Path, new ByteArrayContent(secret), Token)).AssertTextAsync();
        }

        AssertNowhere(broker, secret);
        await broker.StartAgainAsync();
        using (SecretKey? key = broker.Services.GetRequiredService<IKeyStore>().Find(Resource()))
        {
            Assert.Equal(secret, key!.Span.ToArray());
        }

        await broker.StopAsync();
        AssertNowhere(broker, secret);
    }

    [Fact]
    public async Task ABrokerWithAnotherKekDoesNotStart()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        await broker.StopAsync();
        await File.WriteAllTextAsync(broker.Folder["kek.key"], Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n", Token);
        InvalidDataException fault = await Assert.ThrowsAsync<InvalidDataException>(broker.StartAgainAsync);
        Assert.Contains("key encryption key", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE resources SET path = 'kbs:///clinic/other/v1'", "kbs:///clinic/other/v1")]
    [InlineData("UPDATE resources SET ciphertext = x'00000000'", "kbs:///clinic/triage-notes/v3")]
    [InlineData("UPDATE resources SET nonce = x'00'", "kbs:///clinic/triage-notes/v3")]
    public async Task AMovedOrChangedRowDoesNotOpen(string sql, string resource)
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        IKeyStore keys = broker.Services.GetRequiredService<IKeyStore>();
        using (SecretKey value = SecretKey.MoveFrom(new byte[32]))
        {
            await keys.StoreAsync(Resource(), value, new AuditEntry("clinic", AuditEvent.ResourceStored), Token);
        }

        await broker.Services.GetRequiredService<BrokerDatabase>().WriteAsync(Durability.Disk, connection => connection.Execute(sql), Token);
        Assert.True(KbsResourceUri.TryParse(resource, out KbsResourceUri? moved));
        Assert.Throws<InvalidDataException>(() => keys.Find(moved));
    }

    [Fact]
    public async Task TheSameKeyIsWrappedDifferentlyEachTime()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        using KeyEncryptionKey kek = KeyEncryptionKey.Load(broker.Folder["kek.key"]);
        WrappedValue first = kek.Wrap(new byte[32], "a"u8);
        WrappedValue second = kek.Wrap(new byte[32], "a"u8);
        Assert.NotEqual(first.Nonce, second.Nonce);
        Assert.NotEqual(first.Ciphertext, second.Ciphertext);
        Assert.Null(kek.Unwrap(first, "b"u8));
        using SecretKey? opened = kek.Unwrap(first, "a"u8);
        Assert.Equal(new byte[32], opened!.Span.ToArray());
    }

    [Fact]
    public async Task ReplacingAndDeletingAreOwnersWorkAndAudited()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        using HttpClient owner = broker.Client(owner: true);
        await (await owner.PostAsync(Path, new ByteArrayContent([1]), Token)).AssertTextAsync();
        await (await owner.PostAsync(Path, new ByteArrayContent([2, 3]), Token)).AssertTextAsync();
        using (SecretKey? key = broker.Services.GetRequiredService<IKeyStore>().Find(Resource()))
        {
            Assert.Equal([2, 3], key!.Span.ToArray());
        }

        await (await owner.DeleteAsync(Path, Token)).AssertTextAsync();
        await (await owner.DeleteAsync(Path, Token)).AssertProblemAsync(HttpStatusCode.NotFound, "ResourceNotFound");
        Assert.Null(broker.Services.GetRequiredService<IKeyStore>().Find(Resource()));
        Assert.Equal(3, broker.Services.GetRequiredService<AuditLog>().Head("clinic").Sequence);
    }

    [Fact]
    public async Task AnEmptyOrTooLongResourceAndAWrongPathAreRefused()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync(("Limits:ResourceBytes", "64"));
        using HttpClient owner = broker.Client(owner: true);
        await (await owner.PostAsync(Path, new ByteArrayContent([]), Token)).AssertProblemAsync(HttpStatusCode.BadRequest, "Malformed");
        await (await owner.PostAsync(Path, new ByteArrayContent(new byte[65]), Token)).AssertProblemAsync(HttpStatusCode.RequestEntityTooLarge, "TooLarge");
        await (await owner.PostAsync(Path, new ByteArrayContent(new byte[64]), Token)).AssertTextAsync();
        foreach (string path in new[] { "/kbs/v0/resource/clinic/v3", "/kbs/v0/resource/clinic/a/b/c", "/kbs/v0/resource/clinic/.hidden/v1", "/kbs/v0/resource/clinic/a%2Fb/v1", "/kbs/v0/other" })
        {
            await (await owner.PostAsync(path, new ByteArrayContent([1]), Token)).AssertProblemAsync(HttpStatusCode.NotFound, "ResourceNotFound");
        }
    }

    private static KbsResourceUri Resource()
    {
        Assert.True(KbsResourceUri.TryParse("kbs:///clinic/triage-notes/v3", out KbsResourceUri? resource));
        return resource;
    }

    private static void AssertNowhere(RunningBroker broker, byte[] secret)
    {
        string[] files = Directory.GetFiles(broker.Folder.Path, "broker.db*");
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            Assert.Equal(-1, copy.ToArray().AsSpan().IndexOf(secret.AsSpan(0, 8)));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }
}
