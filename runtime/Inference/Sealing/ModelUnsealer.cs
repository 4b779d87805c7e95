using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Protocol.Secrets;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Inference.Sealing;

/// <summary>
/// Opens a sealed model with its key: every file, chunk by chunk, into memory that does not move, and from there into the engine. Nothing is written
/// to a disk, and no byte reaches the engine before all of its file has authenticated.
/// </summary>
internal sealed class ModelUnsealer(ManifestSource source, IOptions<RuntimeOptions> options)
{
    /// <summary>Opens and loads; takes seconds and blocks.</summary>
    public bool TryLoad(SecretKey key, [NotNullWhen(true)] out ILoadedModel? model, [NotNullWhen(false)] out Refusal? refusal)
    {
        model = null;
        if (!SealedModelReader.TryOpen(source.Folder, source.Digest, key, out SealedModelReader? reader, out refusal))
        {
            return false;
        }

        using var files = new ModelFiles();
        foreach (SealedFileEntry entry in reader.Manifest.Files)
        {
            if (!TryUnseal(reader, entry, files, out refusal))
            {
                return false;
            }
        }

        ModelOptions wanted = options.Value.Model;
        var load = new ModelLoadOptions { MaxSequences = Math.Min(8, options.Value.MaxConcurrentRequests), MaxWaiting = options.Value.MaxConcurrentRequests };
        return ModelLoader.TryLoad(wanted.Task, wanted.Name, files, load, out model, out refusal);
    }

    private static bool TryUnseal(SealedModelReader reader, SealedFileEntry entry, ModelFiles files, [NotNullWhen(false)] out Refusal? refusal)
    {
        if (entry.Size > ModelFiles.MaximumFileLength)
        {
            refusal = new(RefusalReason.TooLarge, $"The file '{entry.Name}' has {entry.Size} bytes; at most {ModelFiles.MaximumFileLength} can be loaded.");
            return false;
        }

        if (!reader.TryOpenFile(entry.Name, out SealedFileReader? file, out refusal))
        {
            return false;
        }

        using (file)
        {
            return file.TryReadInto(files.Add(entry.Name, entry.Size), out refusal);
        }
    }
}
