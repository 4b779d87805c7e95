using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Sidecar.Attestation;

/// <summary>Certificates and lists that somebody put into a folder for clients that cannot fetch them. They pass through; clients verify them.</summary>
internal sealed class CollateralFolder(IOptions<SidecarOptions> options)
{
    private const int Longest = 256 * 1024;
    private static readonly (string Kind, string File)[] s_files = [("vcek", "vcek.der"), ("vlek", "vlek.der"), ("chain", "chain.pem"), ("crl", "crl.der")];

    public async Task<IReadOnlyList<Collateral>> ReadAsync(CancellationToken cancellationToken)
    {
        string folder = options.Value.Evidence.CollateralDirectory;
        var found = new List<Collateral>();
        foreach ((string kind, string name) in folder.Length > 0 ? s_files : [])
        {
            var file = new FileInfo(Path.Combine(folder, name));
            if (file is { Exists: true, Length: <= Longest })
            {
                found.Add(new Collateral(kind, new ByteString(await File.ReadAllBytesAsync(file.FullName, cancellationToken).ConfigureAwait(false))));
            }
        }

        return found;
    }
}
