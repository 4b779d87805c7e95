using ConfidentialOperator.Protocol.Secrets;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Sealing;

/// <summary>Seals a folder into a new folder. It appears under its name when all of it is written, or not at all.</summary>
public static class SealedModelWriter
{
    private const string Partial = ".partial";

    /// <summary>
    /// Seals every file of <paramref name="source"/> and its subfolders, except those whose name begins with a dot, into <paramref name="target"/>, which
    /// must not exist or be empty. One of the plan's owners must be among the signers.
    /// </summary>
    public static async Task<SealResult> WriteAsync(string source, string target, SealPlan plan, SecretKey modelKey, IReadOnlyList<OwnerKey> signers,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(modelKey);
        ArgumentNullException.ThrowIfNull(signers);
        ArgumentOutOfRangeException.ThrowIfNotEqual(modelKey.Length, SealedFileCipher.KeySize, nameof(modelKey));
        string[] names = List(source);
        ModelManifest draft = Draft(plan, modelKey);
        if ((Check(source, target, plan, names, signers) ?? Check(draft)) is { } refusal)
        {
            return SealResult.Refused(refusal);
        }

        string partial = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target)) + Partial;
        Delete(partial);
        try
        {
            SealResult result = await WriteFolderAsync(source, partial, names, draft, modelKey, signers, cancellationToken).ConfigureAwait(false);
            if (result.Accepted)
            {
                Delete(target);
                Directory.Move(partial, target);
            }

            return result;
        }
        finally
        {
            Delete(partial);
        }
    }

    private static async Task<SealResult> WriteFolderAsync(string source, string folder, string[] names, ModelManifest draft, SecretKey modelKey,
        IReadOnlyList<OwnerKey> signers, CancellationToken cancellationToken)
    {
        List<SealedFileEntry> files = [];
        foreach (string name in names)
        {
            SealedFileEntry? file = await SealedFileWriter.WriteAsync(Path.Combine(source, name), folder, name, draft, modelKey, cancellationToken)
                .ConfigureAwait(false);
            if (file is null)
            {
                return SealResult.Refused(new(RefusalReason.Malformed, $"The file '{name}' changed while it was sealed; seal the folder when nothing writes to it."));
            }

            files.Add(file);
        }

        ModelManifest manifest = draft with { Files = files };
        byte[] document = manifest.ToJson();
        if (!ModelManifest.TryParse(document, out _, out Refusal? refusal))
        {
            return SealResult.Refused(refusal);
        }

        await File.WriteAllBytesAsync(Path.Combine(folder, ModelManifest.FileName), document, cancellationToken).ConfigureAwait(false);
        byte[] envelope = manifest.Sign([.. signers]).ToJson();
        await File.WriteAllBytesAsync(Path.Combine(folder, ModelManifest.EnvelopeFileName), envelope, cancellationToken).ConfigureAwait(false);
        return SealResult.Of(manifest, ByteString.Sha256(document));
    }

    private static ModelManifest Draft(SealPlan plan, SecretKey modelKey)
    {
        var draft = new ModelManifest
        {
            Model = plan.Model,
            Version = plan.Version,
            KeyId = plan.KeyId,
            KeyCheck = ByteString.Empty,
            ChunkSize = plan.ChunkSize,
            Owners = plan.Owners,
            Files = [],
        };
        return draft with { KeyCheck = SealedFileCipher.KeyCheck(modelKey, draft.Id) };
    }

    /// <summary>Asks before hours of work what every reader will ask afterwards.</summary>
    private static Refusal? Check(ModelManifest draft)
    {
        var empty = new ByteString(new byte[SealedFileLayout.SaltSize]);
        var file = new SealedFileEntry("a", 0, SealedFileLayout.HeaderSize + SealedFileLayout.TagSize, empty, empty, 1);
        return ModelManifest.TryParse((draft with { Files = [file] }).ToJson(), out _, out Refusal? refusal) ? null : refusal;
    }

    private static Refusal? Check(string source, string target, SealPlan plan, string[] names, IReadOnlyList<OwnerKey> signers)
    {
        if (names.Length == 0)
        {
            return new(RefusalReason.ModelInvalid, $"'{source}' is not a folder with files to seal.");
        }

        if (names.FirstOrDefault(name => !SealedFileName.IsValid(name)) is { } wrong)
        {
            return new(RefusalReason.Malformed,
                $"The file '{wrong}' cannot be sealed: a name has letters, digits and '._-+' only and does not end in '{SealedFileName.Suffix}'. Rename it.");
        }

        if (!signers.Any(signer => plan.Owners.Contains(signer.PublicKey)))
        {
            return new(RefusalReason.ManifestSignatureInvalid, "None of the keys that would sign the manifest is one of the owners that it names.");
        }

        return Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()
            ? new(RefusalReason.NameTaken, $"'{target}' is not empty; seal into a new folder.")
            : null;
    }

    private static string[] List(string source)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };
        return !Directory.Exists(source) ? [] : [.. Directory.EnumerateFiles(source, "*", options)
            .Select(path => Path.GetRelativePath(source, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(name => !name.StartsWith('.') && !name.Contains("/.", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
