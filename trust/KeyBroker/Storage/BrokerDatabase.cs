using Microsoft.Data.Sqlite;

namespace ConfidentialOperator.KeyBroker.Storage;

/// <summary>
/// The broker's only state: one SQLite file in WAL mode. Writers queue here instead of on SQLite's busy handler, and each write is one
/// transaction, so a policy and its audit record stand together or not at all.
/// </summary>
internal sealed class BrokerDatabase : IDisposable
{
    private readonly string _connectionString;
    private readonly SemaphoreSlim _writer = new(1, 1);

    public BrokerDatabase(string path)
    {
        CreatePrivateFile(path);
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = true, Pooling = true }.ToString();
        using SqliteConnection connection = Open();
        using (SqliteCommand wal = connection.Command("PRAGMA journal_mode = WAL"))
        {
            wal.ExecuteNonQuery();
        }

        DatabaseSchema.Apply(connection);
    }

    public T Read<T>(Func<SqliteConnection, T> read)
    {
        using SqliteConnection connection = Open();
        return read(connection);
    }

    /// <summary>Runs one transaction. A durable one is on the disk when the task ends; another may be lost with the machine's power.</summary>
    public async Task<T> WriteAsync<T>(Durability durability, Func<SqliteConnection, T> write, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using SqliteConnection connection = Open();
            using (SqliteCommand synchronous = connection.Command(
                durability == Durability.Disk ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"))
            {
                synchronous.ExecuteNonQuery();
            }

            using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
            T result = write(connection);
            transaction.Commit();
            return result;
        }
        finally
        {
            _writer.Release();
        }
    }

    public void Dispose()
    {
        using (var connection = new SqliteConnection(_connectionString))
        {
            SqliteConnection.ClearPool(connection);
        }

        _writer.Dispose();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            // What is deleted is overwritten, not only forgotten.
            connection.Execute("PRAGMA secure_delete = ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>SQLite gives its journal files the mode of the database, so it must be private from the first byte.</summary>
    private static void CreatePrivateFile(string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
    }
}
