using System.Text.Json.Nodes;
using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Rendering;

/// <summary>What the sidecar needs to reach the model's source: a volume, a pull secret, a certificate authority; each only when the model names it.</summary>
internal sealed record ModelSourceLayout(IReadOnlyList<MountLayout> Mounts, IReadOnlyList<VolumeLayout> Volumes, IReadOnlyList<EnvironmentEntry> Environment)
{
    private const string VolumeScheme = "pvc://";

    /// <summary>Lays out what one model needs.</summary>
    public static ModelSourceLayout Of(ModelSpec model)
    {
        List<MountLayout> mounts = [];
        List<VolumeLayout> volumes = [];
        List<EnvironmentEntry> environment = [];
        void Add(string name, string folder, JsonObject source, string variable, string value)
        {
            mounts.Add(new MountLayout(name, folder, ReadOnly: true));
            volumes.Add(new VolumeLayout(name, source));
            environment.Add(new EnvironmentEntry("Sidecar__Model__" + variable, value));
        }

        if (ClaimOf(model.Uri) is { } claim)
        {
            JsonObject source = new() { ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim, ["readOnly"] = true } };
            Add("source", Names.SourceVolumeDirectory, source, "VolumePath", Names.SourceVolumeDirectory);
        }

        if (model.PullSecretRef is { } pull)
        {
            Add("source-registry", Names.PullSecretDirectory, VolumeLayout.OneKey("secret", "secretName", pull.Name, Names.PullSecretKey),
                "CredentialsPath", $"{Names.PullSecretDirectory}/{Names.PullSecretKey}");
        }

        if (model.CaSecretRef is { } authority)
        {
            Add("source-ca", Names.SourceCaDirectory, VolumeLayout.OneKey("secret", "secretName", authority.Name, Names.CaKey),
                "CaPath", $"{Names.SourceCaDirectory}/{Names.CaKey}");
        }

        return new ModelSourceLayout(mounts, volumes, environment);
    }

    private static string? ClaimOf(string uri) => uri.StartsWith(VolumeScheme, StringComparison.Ordinal) ? uri[VolumeScheme.Length..].Split('/')[0] : null;
}
