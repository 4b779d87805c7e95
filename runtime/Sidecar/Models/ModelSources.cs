using ConfidentialOperator.Protocol;
using ConfidentialOperator.Sidecar.Options;

namespace ConfidentialOperator.Sidecar.Models;

/// <summary>The source that an address names.</summary>
internal static class ModelSources
{
    public static bool TryOpen(ModelOptions model, out IModelSource? source, out Refusal? refusal)
    {
        source = null;
        refusal = null;
        if (!Uri.TryCreate(model.Uri, UriKind.Absolute, out Uri? uri))
        {
            refusal = new(RefusalReason.ModelSourceUnsupported, "The model's uri is not an absolute address.");
            return false;
        }

        try
        {
            source = uri.Scheme switch
            {
                "file" when uri.IsLoopback || uri.Host.Length == 0 => new FileModelSource(uri.LocalPath),
                "pvc" when model.VolumePath.Length > 0 => new FileModelSource(Path.Join(model.VolumePath, uri.LocalPath)),
                "https" => new HttpsModelSource(uri, model.CaPath),
                "oci" => RegistryModelSource.TryCreate(model, out RegistryModelSource? registry, out refusal) ? registry : null,
                _ => null,
            };
        }
        catch (InvalidDataException exception)
        {
            refusal = new(RefusalReason.ModelFetchFailed, exception.Message);
            return false;
        }

        refusal ??= source is not null ? null
            : new(RefusalReason.ModelSourceUnsupported, $"Models are fetched from oci://, https://, pvc:// and file:// in this version, not from '{uri.Scheme}'.");
        return source is not null;
    }
}
