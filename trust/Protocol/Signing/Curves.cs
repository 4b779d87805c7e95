using System.Security.Cryptography;

namespace ConfidentialOperator.Protocol.Signing;

/// <summary>The pairs of curve and hash that owners sign with.</summary>
internal static class Curves
{
    private const string P256 = "1.2.840.10045.3.1.7";
    private const string P384 = "1.3.132.0.34";

    public static OwnerKeyAlgorithm? AlgorithmOf(ECDsa key) => key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value switch
    {
        P256 => OwnerKeyAlgorithm.EcdsaP256,
        P384 => OwnerKeyAlgorithm.EcdsaP384,
        _ => null,
    };

    public static ECCurve CurveOf(OwnerKeyAlgorithm algorithm) =>
        algorithm == OwnerKeyAlgorithm.EcdsaP256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384;

    public static HashAlgorithmName HashOf(OwnerKeyAlgorithm algorithm) =>
        algorithm == OwnerKeyAlgorithm.EcdsaP256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384;
}
