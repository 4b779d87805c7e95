using System.Text.Json;
using System.Text.RegularExpressions;
using ConfidentialOperator.KeyBroker.Sessions;
using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>
/// Reads who a guest says it is from <c>extra-params</c>: <c>{"confidential-model":{"tenant":…,"model":…,"replica":…}}</c>. A label that does
/// not look like one is no label: the handshake goes on without it.
/// </summary>
internal static partial class GuestLabelReader
{
    public const string Member = "confidential-model";

    public static GuestLabel Read(JsonElement extraParams)
    {
        if (extraParams.ValueKind != JsonValueKind.Object || !extraParams.TryGetProperty(Member, out JsonElement label)
            || label.ValueKind != JsonValueKind.Object)
        {
            return GuestLabel.None;
        }

        string tenant = Text(label, "tenant");
        string model = Text(label, "model");
        string replica = Text(label, "replica");
        return KbsResourceUri.IsPart(tenant) && KbsResourceUri.IsPart(model)
            ? new GuestLabel(tenant, model, Replica().IsMatch(replica) ? replica : "")
            : GuestLabel.None;
    }

    private static string Text(JsonElement label, string name) =>
        label.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.:/-]{0,252}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Replica();
}
