using System.Security.Cryptography;
using System.Text;

namespace ConfidentialOperator.Lab.Node.Images;

/// <summary>The digest of a program's folder: over the sorted paths of its files, their modes to execute, and the SHA-256 of their content.</summary>
internal static class FolderDigest
{
    public static string Compute(string folder)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using FileStream content = File.OpenRead(path);
            string name = Path.GetRelativePath(folder, path).Replace('\\', '/');
            bool executable = (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0;
            string line = $"{Convert.ToHexStringLower(SHA256.HashData(content))} {(executable ? 'x' : '-')} {name}\n";
            hash.AppendData(Encoding.UTF8.GetBytes(line));
        }

        return "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
