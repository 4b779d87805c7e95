using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Signing;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Access;

/// <summary>
/// The public keys of each tenant's owners: <c>TENANT/owners/*.pem</c>. They are read at each use, so that a key that is taken away counts
/// for nothing from that moment, also for the policies that it signed.
/// </summary>
internal sealed class OwnerDirectory(IOptions<KeyBrokerOptions> options, ILogger<OwnerDirectory> logger)
{
    private const int LongestFile = 16 * 1024;
    private const int MostOwners = 64;

    private readonly string _root = options.Value.Resolve(options.Value.TenantsDirectory);

    public IReadOnlyList<string> Tenants() => !Directory.Exists(_root) ? [] :
        [.. Directory.EnumerateDirectories(_root).Select(Path.GetFileName).OfType<string>().Where(KbsResourceUri.IsPart).Order(StringComparer.Ordinal)];

    public bool Exists(string tenant) => KbsResourceUri.IsPart(tenant) && Directory.Exists(Path.Combine(_root, tenant, "owners"));

    /// <summary>Reads the owners of a tenant; none when the tenant is not known.</summary>
    public IReadOnlyList<OwnerPublicKey> Owners(string tenant)
    {
        if (!Exists(tenant))
        {
            return [];
        }

        List<OwnerPublicKey> owners = [];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(_root, tenant, "owners"), "*.pem").Order(StringComparer.Ordinal).Take(MostOwners))
        {
            OwnerPublicKey? owner = Read(file);
            if (owner is null)
            {
                logger.OwnerKeyUnreadable(tenant, Path.GetFileName(file));
                continue;
            }

            owners.Add(owner);
        }

        return owners;
    }

    private static OwnerPublicKey? Read(string file) =>
        new FileInfo(file) is { Exists: true, Length: <= LongestFile } && OwnerPublicKey.TryFromPem(File.ReadAllText(file), out OwnerPublicKey? key, out _)
            ? key : null;
}
