using System.Security.Cryptography;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Cli.Running;

/// <summary>Reads files that the user names, each within a limit.</summary>
internal static class InputFile
{
    private const int LongestKey = 16 * 1024;

    public static byte[] Bytes(FileInfo file, int longest)
    {
        try
        {
            using FileStream stream = file.OpenRead();
            byte[] bytes = new byte[(int)Math.Min(stream.Length, longest) + 1];
            int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return read <= longest ? bytes[..read]
                : throw new CommandRefusedException(RefusalReason.TooLarge, $"'{file}' has more than {longest} bytes.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandRefusedException(RefusalReason.Malformed, $"'{file}' cannot be read: {exception.Message}");
        }
    }

    public static string Text(FileInfo file, int longest) => System.Text.Encoding.UTF8.GetString(Bytes(file, longest));

    public static OwnerKey OwnerKey(FileInfo file)
    {
        byte[] pem = Bytes(file, LongestKey);
        bool read = Protocol.Signing.OwnerKey.TryFromPem(System.Text.Encoding.UTF8.GetString(pem), out OwnerKey? key, out Refusal? refusal);
        CryptographicOperations.ZeroMemory(pem);
        return read ? key! : throw new CommandRefusedException(refusal!.Reason, $"'{file}': {refusal.Message}");
    }

    public static OwnerPublicKey PublicKey(FileInfo file) =>
        OwnerPublicKey.TryFromPem(Text(file, LongestKey), out OwnerPublicKey? key, out Refusal? refusal)
            ? key : throw new CommandRefusedException(refusal.Reason, $"'{file}': {refusal.Message}");

    /// <summary>Returns the keys, opened one after the other; those that were opened are disposed when a later one is refused.</summary>
    public static OwnerKey[] OwnerKeys(IEnumerable<FileInfo> files)
    {
        var keys = new List<OwnerKey>();
        try
        {
            foreach (FileInfo file in files)
            {
                keys.Add(OwnerKey(file));
            }
        }
        catch (CommandRefusedException)
        {
            keys.ForEach(key => key.Dispose());
            throw;
        }

        return [.. keys];
    }
}
