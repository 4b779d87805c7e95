using System.Diagnostics.CodeAnalysis;
using System.Text;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Json;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>
/// The file <c>model.json</c> of a measured initdata: which model, manifest and resources the pod was made for. It is believed because
/// its digest is what the hardware reports; a pod of one model can therefore not ask for the key of another.
/// </summary>
internal sealed record ModelBinding(string Model, string Tenant, string ManifestDigest, IReadOnlyList<string> Resources)
{
    public const string FileName = "model.json";
    private const string Format = "confidential-operator.dev/model-binding/v1";
    private const int LongestDocument = 64 * 1024;
    private const int MostResources = 64;

    public static bool TryParse(string json, [NotNullWhen(true)] out ModelBinding? binding, [NotNullWhen(false)] out Refusal? refusal)
    {
        bool read = StrictJson.TryRead(Encoding.UTF8.GetBytes(json), $"initdata's {FileName}", LongestDocument, Read, out binding, out refusal);
        refusal = refusal is null ? null : refusal with { Reason = RefusalReason.InitDataNotAccepted };
        return read;
    }

    /// <summary>Checks that the pod was made for this model and asks for what it was made to ask for.</summary>
    public Refusal? Check(TrustPolicy policy, KbsResourceUri? resource)
    {
        if (Model != policy.Model || Tenant != policy.Tenant)
        {
            return new(RefusalReason.ResourceNotOfModel,
                $"The pod's initdata is for model {Tenant}/{Model}; the resource belongs to {policy.Tenant}/{policy.Model}.");
        }

        if (!policy.ManifestDigests.Any(digest => ManifestDigest == $"sha256:{digest}"))
        {
            return new(RefusalReason.ManifestNotAccepted, $"The pod's initdata names manifest {ManifestDigest}, which policy {policy.PolicyVersion} does not accept.");
        }

        return resource is null || Resources.Contains(resource.ToString()) ? null
            : new(RefusalReason.ResourceNotOfModel, $"The pod's initdata does not name {resource}.");
    }

    private static ModelBinding Read(StrictObject given)
    {
        given.IgnoreUnknown().Literal("format", Format);
        return new(given.Name("model"), given.Name("tenant"), given.Text("manifestDigest", 128), given.Texts("resources", MostResources, 512));
    }
}
