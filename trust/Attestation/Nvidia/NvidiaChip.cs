using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Nvidia;

/// <summary>A chip as NVIDIA's certificates name it: <c>GH100</c>, <c>GB100</c>, <c>LS10</c>.</summary>
internal sealed record NvidiaChip(string Name)
{
    private const string Maker = "NVIDIA ";

    public NvidiaArchitecture Architecture => Name switch
    {
        "LS10" => NvidiaArchitecture.Ls10,
        _ when IsGpu("GH") => NvidiaArchitecture.Hopper,
        _ when IsGpu("GB") => NvidiaArchitecture.Blackwell,
        _ => NvidiaArchitecture.Unknown,
    };

    /// <summary>Returns the chip of a device's own certificate: the first word of its name, as in 'GH100 A01 GSP FMC LF'.</summary>
    public static NvidiaChip OfLeaf(Certificate certificate) => Read(certificate.CommonName);

    /// <summary>Returns the chip of an authority of NVIDIA, as in 'NVIDIA GH100 Provisioner ICA 1'.</summary>
    public static NvidiaChip OfAuthority(Certificate certificate) =>
        Read(certificate.CommonName.StartsWith(Maker, StringComparison.Ordinal) ? certificate.CommonName[Maker.Length..] : "");

    private static NvidiaChip Read(string name) => new(name.Split(' ')[0].Replace("_", "", StringComparison.Ordinal));

    private bool IsGpu(string family) => Name.Length == family.Length + 3 && Name.StartsWith(family, StringComparison.Ordinal)
        && Name.AsSpan(family.Length).IndexOfAnyExceptInRange('0', '9') < 0;
}
