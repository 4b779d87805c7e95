using ConfidentialOperator.Attestation.Nvidia.Ocsp;
using ConfidentialOperator.Attestation.Nvidia.Rim;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Attestation.Nvidia;

/// <summary>What was given beside the evidence of devices. None of it is trusted for being here.</summary>
internal sealed record DeviceCollateral(IReadOnlyList<RimDocument> DriverRims, IReadOnlyList<RimDocument> VbiosRims, OcspLookup Responses)
{
    private const int MostDocuments = 32;

    /// <summary>The most documents that nobody vouches for: a search for a path that is not there takes many signatures.</summary>
    private const int MostUnsound = 4;

    public static DeviceCollateral Read(IReadOnlyList<Collateral> collateral, TrustRoots roots) => new(
        Documents(collateral, DeviceVerifier.DriverRimKind, roots),
        Documents(collateral, DeviceVerifier.VbiosRimKind, roots),
        new OcspLookup(collateral.Where(entry => entry.Kind == DeviceVerifier.OcspKind).Select(entry => entry.Data), roots.Answers));

    /// <summary>Returns the document for a device; without one, any other, so that the verdict says what is wrong with it; null when there is none.</summary>
    public RimDocument? Choose(AuthenticDevice device, RimKind kind)
    {
        IReadOnlyList<RimDocument> documents = kind == RimKind.Driver ? DriverRims : VbiosRims;
        string? version = kind == RimKind.Driver ? device.DriverVersion : device.VbiosVersion;
        RimDocument[] fitting = [.. documents.Where(document => document.Content is { } content
            && content.Version.Equals(version, StringComparison.OrdinalIgnoreCase) && content.Product.Equals(device.Chip, StringComparison.OrdinalIgnoreCase))];
        return Array.Find(fitting, document => document.IsSound) ?? (fitting.Length > 0 ? fitting[0] : documents.Count > 0 ? documents[0] : null);
    }

    private static List<RimDocument> Documents(IReadOnlyList<Collateral> collateral, string kind, TrustRoots roots)
    {
        var documents = new List<RimDocument>();
        int unsound = 0;
        for (int at = 0; at < collateral.Count && documents.Count < MostDocuments && unsound < MostUnsound; at++)
        {
            if (collateral[at].Kind == kind)
            {
                documents.Add(RimDocument.Read(collateral[at].Data, roots));
                unsound += documents[^1].IsSound ? 0 : 1;
            }
        }

        return documents;
    }
}
