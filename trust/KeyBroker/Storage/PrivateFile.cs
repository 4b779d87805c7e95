namespace ConfidentialOperator.KeyBroker.Storage;

/// <summary>Files that hold key material.</summary>
internal static class PrivateFile
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Refuses a key file that every account of the machine can read.</summary>
    public static void DemandPrivate(string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"The key file '{path}' does not exist. 'init' creates one.");
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
        {
            throw new InvalidDataException($"The key file '{path}' is open to every account; take the rights of others away (mode 0600 or 0440).");
        }
    }

    /// <summary>Writes a new file for its owner alone; a file that exists is left alone and fails.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }
}
