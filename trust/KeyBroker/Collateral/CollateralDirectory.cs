using ConfidentialOperator.Protocol;
using Microsoft.Extensions.Options;
using Item = ConfidentialOperator.Protocol.Binding.Collateral;

namespace ConfidentialOperator.KeyBroker.Collateral;

/// <summary>
/// Certificates and revocation lists from a folder that an administrator fills, for guests that bring none and for brokers without a way out:
/// <c>vcek/CHIP_ID/*.der</c> (chip id in lower-case hex), <c>chain/*.pem</c>, <c>crl/*.der</c>. What is found is no more trusted than
/// what a guest brings: it must verify up to an accepted root.
/// </summary>
internal sealed class CollateralDirectory(IOptions<KeyBrokerOptions> options)
{
    private const int LongestFile = 256 * 1024;
    private const int MostFiles = 64;
    private const int ChipIdCharacters = 128;

    private readonly string? _root = options.Value.Snp.CollateralDirectory.Length > 0 ? options.Value.Resolve(options.Value.Snp.CollateralDirectory) : null;

    /// <summary>Returns everything that may endorse a chip's reports. A masked chip is the one of zeros: certificates of a provider (VLEK) go there.</summary>
    public IReadOnlyList<Item> For(ByteString chipId) =>
    [
        .. ChipCertificates(chipId.ToString()).Select(data => new Item("vcek", new ByteString(data))),
        .. Chains().Select(data => new Item("chain", new ByteString(data))),
        .. RevocationLists().Select(data => new Item("crl", new ByteString(data))),
    ];

    /// <summary>The certificates of a chip, in DER.</summary>
    public IReadOnlyList<byte[]> ChipCertificates(string chipId) =>
        chipId.Length == ChipIdCharacters && chipId.All(char.IsAsciiHexDigitLower) ? Read(Path.Combine("vcek", chipId), "*.der") : [];

    /// <summary>The intermediates and roots, in PEM.</summary>
    public IReadOnlyList<byte[]> Chains() => Read("chain", "*.pem");

    /// <summary>The revocation lists, in DER.</summary>
    public IReadOnlyList<byte[]> RevocationLists() => Read("crl", "*.der");

    private IReadOnlyList<byte[]> Read(string folder, string pattern)
    {
        string path = _root is null ? "" : Path.Combine(_root, folder);
        if (!Directory.Exists(path))
        {
            return [];
        }

        return [.. Directory.EnumerateFiles(path, pattern).Order(StringComparer.Ordinal).Take(MostFiles)
            .Where(file => new FileInfo(file).Length <= LongestFile).Select(File.ReadAllBytes)];
    }
}
