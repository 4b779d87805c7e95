using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Running;

/// <summary>Writes files: whole or not at all.</summary>
internal static class OutputFile
{
    /// <summary>Writes a file that everybody may read; an older one is replaced in one step.</summary>
    public static void Replace(FileInfo file, ReadOnlySpan<byte> bytes)
    {
        string partial = $"{file.FullName}.{Guid.NewGuid():N}.partial";
        try
        {
            File.WriteAllBytes(partial, bytes);
            File.Move(partial, file.FullName, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Writes a secret that only its owner can read. A file that is there already is never replaced: it may be the only copy of a key.</summary>
    public static void CreatePrivate(FileInfo file, ReadOnlySpan<byte> bytes)
    {
        if (file.Exists)
        {
            throw new CommandRefusedException(RefusalReason.Malformed, $"'{file}' exists already and is not replaced: it may be the only copy of a key.");
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(file.FullName, options);
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }
}
