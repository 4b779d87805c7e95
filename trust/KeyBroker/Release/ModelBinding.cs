using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using ConfidentialOperator.KeyBroker.Seams;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>
/// The file <c>model.json</c> of a measured initdata: which model, manifest and resources the pod was made for. It is believed because
/// its digest is what the hardware reports; a pod of one model can therefore not ask for the key of another.
/// </summary>
internal sealed record ModelBinding(string Model, string Tenant, string ManifestDigest, IReadOnlyList<string> Resources)
{
    public const string FileName = "model.json";
    private const string Format = "confidential-operator.dev/model-binding/v1";

    public static bool TryParse(string json, [NotNullWhen(true)] out ModelBinding? binding, [NotNullWhen(false)] out Refusal? refusal)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json),
                new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            JsonElement root = document.RootElement;
            binding = new ModelBinding(Text(root, "model"), Text(root, "tenant"), Text(root, "manifestDigest"),
                [.. root.GetProperty("resources").EnumerateArray().Select(entry => entry.GetString() ?? throw new FormatException())]);
            refusal = Text(root, "format") == Format ? null : Fault($"its format is not '{Format}'");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            binding = null;
            refusal = Fault("it cannot be read");
        }

        return refusal is null;
    }

    /// <summary>Checks that the pod was made for this model and asks for what it was made to ask for.</summary>
    public Refusal? Check(TrustPolicy policy, KbsResourceUri? resource)
    {
        if (Model != policy.Model || Tenant != policy.Tenant)
        {
            return new(RefusalReason.ResourceNotOfModel,
                $"The pod's initdata is for model {Tenant}/{Model}; the resource belongs to {policy.Tenant}/{policy.Model}.");
        }

        if (!policy.ManifestDigests.Contains(ManifestDigest))
        {
            return new(RefusalReason.ManifestNotAccepted, $"The pod's initdata names manifest {ManifestDigest}, which policy {policy.PolicyVersion} does not accept.");
        }

        return resource is null || Resources.Contains(resource.ToString()) ? null
            : new(RefusalReason.ResourceNotOfModel, $"The pod's initdata does not name {resource}.");
    }

    private static string Text(JsonElement root, string name) => root.GetProperty(name).GetString() ?? throw new FormatException();

    private static Refusal Fault(string what) => new(RefusalReason.InitDataNotAccepted, $"The initdata's {FileName} is refused: {what}.");
}
